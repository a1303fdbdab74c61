# SPDX-License-Identifier: Apache-2.0
"""Indicators of a STIX 2.0 or 2.1 bundle: each object with a pattern; what is not understood is listed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

from tocsin.core.errors import InputError
from tocsin.core.json_file import Tree, dict_of, list_of, text_of
from tocsin.core.words import _
from tocsin.hunt.indicators import Indicator, IndicatorFile, Unread
from tocsin.hunt.stix_pattern import NotUnderstoodError, parse_pattern
from tocsin.hunt.tlp import STIX_MARKINGS, read_tlp, strictest

VERSIONS: Final = ("2.0", "2.1")

_OBSERVABLES: Final = (
    "ipv4-addr",
    "ipv6-addr",
    "user-account",
    "file",
    "email-addr",
    "network-traffic",
    "url",
)
"""Objects that describe something seen, without saying that it is to be looked for."""


def is_stix(tree: Tree) -> bool:
    """Whether JSON is a bundle."""
    return dict_of(tree).get("type") == "bundle"


def read_stix(tree: Tree, path: Path) -> IndicatorFile:
    """Read a bundle. Raises InputError for one of another version."""
    bundle = dict_of(tree)
    objects = [dict_of(one) for one in list_of(bundle.get("objects"))]
    version = _version(bundle, objects, path)
    markings = STIX_MARKINGS | {
        name: mark
        for one in objects
        if one.get("type") == "marking-definition"
        and (name := text_of(one.get("id"))) is not None
        and (mark := _mark_of(one)) is not None
    }
    found = IndicatorFile(f"stix-{version}")
    for number, one in enumerate(objects, start=1):
        _read_object(found, one, number, markings)
    found.tlp = strictest(indicator.tlp for indicator in found.indicators)
    return found


def _version(bundle: dict[str, Tree], objects: list[dict[str, Tree]], path: Path) -> str:
    stated = [text_of(one.get("spec_version")) for one in (bundle, *objects)]
    others = sorted({version for version in stated if version is not None and version not in VERSIONS})
    if others:
        raise InputError(
            _("This bundle is of STIX {version}, and 2.0 and 2.1 are read."),
            do=_("Ask its author for STIX 2.1, or for a list in CSV."),
            where=path,
            code="other_version",
            version=others[0][:20],
        )
    return "2.1" if "2.1" in stated else "2.0"


def _read_object(found: IndicatorFile, one: dict[str, Tree], number: int, markings: dict[str, str]) -> None:
    kind = text_of(one.get("type"))
    name = text_of(one.get("id")) or f"object {number}"
    if kind in _OBSERVABLES:
        found.unread.append(Unread(name, kind, "no_indicator"))
    if kind != "indicator":
        return
    pattern = text_of(one.get("pattern")) or ""
    if one.get("revoked") is True:
        found.unread.append(Unread(name, pattern, "revoked"))
        return
    if (text_of(one.get("pattern_type")) or "stix") != "stix":
        found.unread.append(Unread(name, pattern, "not_understood"))
        return
    try:
        found.indicators.append(_indicator(one, name, pattern, markings))
    except NotUnderstoodError as error:
        why = "not_in_logs" if "no column" in str(error) else "not_understood"
        found.unread.append(Unread(name, pattern, why))


def _indicator(one: dict[str, Tree], name: str, pattern: str, markings: dict[str, str]) -> Indicator:
    read = parse_pattern(pattern)
    refs = [text_of(reference) for reference in list_of(one.get("object_marking_refs"))]
    return Indicator(
        name,
        pattern,
        read.parts,
        read.from_at,
        read.until_at,
        _instant(one.get("valid_from")),
        _instant(one.get("valid_until")),
        tlp=strictest(markings.get(reference or "") for reference in refs),
        notes=tuple(f"left_out:{left}" for left in read.not_in_logs),
    )


def _mark_of(definition: dict[str, Tree]) -> str | None:
    """TLP 1 in `definition`, TLP 2 in an extension, either in the name."""
    extensions = dict_of(definition.get("extensions")).values()
    told = [
        text_of(dict_of(definition.get("definition")).get("tlp")),
        *(text_of(dict_of(one).get("tlp_2_0")) for one in extensions),
        text_of(definition.get("name")),
    ]
    return strictest(read_tlp(text) for text in told if text is not None)


def _instant(value: Tree) -> datetime | None:
    """Of a marking's or indicator's own time; what is none bounds nothing."""
    try:
        instant = datetime.fromisoformat(text_of(value) or "")
    except ValueError:
        return None
    return instant if instant.tzinfo is not None else None
