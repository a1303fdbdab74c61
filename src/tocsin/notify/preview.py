# SPDX-License-Identifier: Apache-2.0
"""Notices of real rows, as they would leave, for whoever will release them.

They hold names: the folder is readable by its owner alone. Their codes are made up: the real ones come with
the release.
"""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from pathlib import Path

from tocsin.notify.content import content_digest, refuse_incomplete
from tocsin.notify.material import make_writer, read_rows
from tocsin.notify.run import run
from tocsin.notify.waves import Release
from tocsin.store.case import Case
from tocsin.store.query import load_query

_MADE_UP = "0" * 16


def preview_notices(case: Case, folder: Path, rows: int) -> list[Path]:
    """Write some notices of each channel and addressee, as text and HTML. Returns the files.

    Raises InputError for an incomplete notice.
    """
    recipients = run(case)
    refuse_incomplete(case, recipients)
    release = Release(0, 0, {}, content_digest(case), datetime.now(UTC), case.by)
    writer = make_writer(case, release)
    with case.engine("recipients") as engine:
        chosen = engine.rows(load_query("tocsin.notify", "samples"), rows=rows)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    pages = []
    stock = read_rows(case, [int(str(person)) for person, _channel in chosen])
    for number, (person, channel) in enumerate(chosen, start=1):
        held = stock[int(str(person))]
        letter = writer.write(dataclasses.replace(held.person, code=_MADE_UP))
        for suffix, content in ((".txt", f"{letter.subject}\n\n{letter.text}"), (".html", letter.html)):
            path = folder / f"{number:03}-{channel}{suffix}"
            path.write_text(content, "utf-8")
            path.chmod(0o600)
            pages.append(path)
    return pages
