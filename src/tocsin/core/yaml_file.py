# SPDX-License-Identifier: Apache-2.0
"""YAML that somebody else wrote: as a tree of texts, of bounded size and depth, without anchors.

Every scalar stays the text that it is: `200` is a key, `no` is no falsehood, a date is no instant. An alias
may make a small file stand for an endless one, so it is refused (YAML 1.2.2, §3.2.2).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from tocsin.core.errors import InputError
from tocsin.core.extras import load_extra
from tocsin.core.json_file import Tree, parse_json, read_text
from tocsin.core.words import _

MOST_BYTES: Final = 8 << 20


def read_yaml(path: Path) -> Tree:
    """The file's one document. Raises InputError as `read_text`, and for what is no YAML, or has aliases."""
    yaml = load_extra("yaml", extra="yaml")
    text = read_text(path, most_bytes=MOST_BYTES)
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.BaseLoader)):
            raise InputError(
                _("This YAML refers to parts of itself by aliases."),
                do=_("Write those parts out, or convert the file to JSON."),
                where=path,
                code="yaml_alias",
            )
        tree = json.dumps(yaml.load(text, Loader=yaml.BaseLoader))  # texts alone, no objects
    except (yaml.YAMLError, RecursionError, TypeError, ValueError):
        raise InputError(
            _("This is no YAML that can be read."),
            do=_("Correct it, or convert it to JSON."),
            where=path,
            code="broken_yaml",
        ) from None
    return parse_json(tree, path)
