# SPDX-License-Identifier: Apache-2.0
"""A file of indicators, whatever it is: a STIX bundle, a MISP event, a table. The content says which."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from tocsin.core.errors import InputError
from tocsin.core.json_file import parse_json, read_text
from tocsin.core.words import _
from tocsin.hunt.indicators import IndicatorFile
from tocsin.hunt.listing import read_listing
from tocsin.hunt.misp import is_misp, read_misp
from tocsin.hunt.stix import is_stix, read_stix

_XML: Final = re.compile(r"^\s*<")
_STIX_1: Final = re.compile(r"<(?:\w+:)?(STIX_Package|Observables|OpenIOC|ioc)\b", re.IGNORECASE)
_HEAD: Final = 4096


def read_indicators(path: Path) -> IndicatorFile:
    """Read a file. Raises InputError for one of another version or kind, and as `read_text`."""
    text = read_text(path)
    if _XML.match(text):
        raise _foreign(path, is_stix_1=bool(_STIX_1.search(text[:_HEAD])))
    if not text.lstrip().startswith(("{", "[")):
        return read_listing(text, path)
    tree = parse_json(text, path)
    if is_stix(tree):
        return read_stix(tree, path)
    if is_misp(tree):
        return read_misp(tree)
    raise InputError(
        _("This JSON is neither a STIX bundle nor a MISP event."),
        do=_("Export it as STIX 2.1 or as a MISP event, or write a list: type,value."),
        where=path,
        code="unknown_indicators",
    )


def _foreign(path: Path, *, is_stix_1: bool) -> InputError:
    if is_stix_1:
        return InputError(
            _("This is STIX 1 or OpenIOC, in XML: another version than those that are read."),
            do=_("Ask its author for STIX 2.1, or for a list in CSV."),
            where=path,
            code="other_version",
        )
    return InputError(
        _("Indicators are not read from XML."),
        do=_("Ask its author for STIX 2.1, or for a list in CSV."),
        where=path,
        code="unknown_indicators",
    )
