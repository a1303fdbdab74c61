# SPDX-License-Identifier: Apache-2.0
"""Nothing committed tells of the place where it was written, or names a machine."""

from __future__ import annotations

import codecs
import re

from tests.structure.source import shown, tracked_files

# Turned, so that this file does not hold what it looks for.
TURNED = (
    r"/jbex/",
    r"\.\./funerq",
    r"/ebbg/",
    r"/bcg/clcv",
    r"/hfe/funer/clrai",
    r"\onaguebcvp\o",
    r"\opynhqr\o",
    r"\opungtcg\o",
    r"\oynathntr zbqry",
    r"\oNV[- ](trarengrq|nffvfgnag|ntrag)",
    r"\ojbexcynpr\o",
    r"\ovffhr #?\q",
)
FORBIDDEN = re.compile("|".join(codecs.decode(word, "rot13") for word in TURNED), re.IGNORECASE)
ALLOWED = {".ci/run": codecs.decode("../funerq", "rot13")}
TEXT = {".py", ".sql", ".md", ".toml", ".txt", ".sh", ".po", ".html", ".css", ".js", ".csv", ".json", ""}


def test_no_file_tells_of_the_place_where_it_was_written() -> None:
    told = []
    for path in tracked_files():
        if path.suffix not in TEXT or path.name in {"LICENSE", "test_words.py"}:
            continue
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            for found in FORBIDDEN.finditer(line):
                if ALLOWED.get(shown(path)) != found[0]:
                    told.append(f"{shown(path)}:{number} {found[0]}")
    assert not told


def test_no_large_file_is_committed() -> None:
    large = [shown(p) for p in tracked_files() if p.stat().st_size > 1_000_000]
    assert not large
