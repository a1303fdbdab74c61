# SPDX-License-Identifier: Apache-2.0
"""Which local ids are one person.

One person = the same INS (test identities apart), or the same NIR, birth date and compatible
given names, and birth rank where both are known. Probable matches are not recounted.
OIDs: HL7 France, FR Core (INS-NIR-TEST .10, INS-NIR-DEMO .11).
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from tocsin.recount.registries import Directory, Row
from tocsin.recount.values import text_of

Key = tuple[str | None, str]
"""A registry and a local id in it."""

LIGATURES = str.maketrans({"Œ": "OE", "Æ": "AE"})
TEST_OIDS = ("1.2.250.1.213.1.4.10", "1.2.250.1.213.1.4.11")


@dataclass(frozen=True, slots=True)
class Traits:
    """What one row of a registry says for telling persons apart."""

    key: Key
    ins: str | None
    is_test: bool
    nir: str | None
    birth_date: str | None
    given_names: tuple[str, ...]
    birth_rank: str | None


@dataclass(frozen=True, slots=True)
class PersonRow:
    registry: str | None
    person: str
    person_id: str
    """The smallest `registry:person` of those that are one person."""
    is_test: bool
    in_registry: bool


def link_persons(directory: Directory, disclosed: Iterable[Key]) -> list[PersonRow]:
    traits = [
        _read_traits((listing.table.name, local), row)
        for listing in directory.registries
        for row in listing.rows
        if (local := row.text("person")) is not None
    ]
    known = {one.key for one in traits}
    tests = {one.key for one in traits if one.is_test}
    absent = set(disclosed) - known
    first = _unite(known | absent, _same_persons([one for one in traits if one.key not in tests]))
    ordered = sorted(known | absent, key=_by_text)
    return [PersonRow(key[0], key[1], _id_of(first[key]), key in tests, key in known) for key in ordered]


def _by_text(key: Key) -> tuple[str, str]:
    return key[0] or "", key[1]


def _id_of(key: Key) -> str:
    return f"{key[0]}:{key[1]}" if key[0] is not None else key[1]


def _same_persons(traits: list[Traits]) -> list[tuple[Key, Key]]:
    """Pairs of local ids that are one person for sure."""
    pairs: list[tuple[Key, Key]] = []
    for group in _groups((one.ins, one) for one in traits if one.ins is not None):
        pairs.extend((group[0].key, other.key) for other in group[1:])
    numbered = (one for one in traits if one.nir is not None and one.birth_date is not None)
    for group in _groups(((one.nir, one.birth_date), one) for one in numbered):
        pairs.extend(_same_in_family(group))
    return pairs


def _groups(keyed: Iterable[tuple[object, Traits]]) -> list[list[Traits]]:
    groups: dict[object, list[Traits]] = {}
    for key, one in keyed:
        groups.setdefault(key, []).append(one)
    return list(groups.values())


def _same_in_family(group: list[Traits]) -> list[tuple[Key, Key]]:
    """Of rows under one NIR and birth date, those that are one person.

    A row that would join two who cannot be one person (twins) joins neither.
    """
    pairs = []
    for one, other in itertools.combinations(group, 2):
        joined = [third for third in group if is_compatible(one, third) or is_compatible(other, third)]
        clash = any(not is_compatible(*two) for two in itertools.combinations(joined, 2))
        if is_compatible(one, other) and not clash:
            pairs.append((one.key, other.key))
    return pairs


def is_compatible(one: Traits, other: Traits) -> bool:
    if one.key == other.key:
        return True
    if one.birth_rank and other.birth_rank and one.birth_rank != other.birth_rank:
        return False
    shorter, longer = sorted((one.given_names, other.given_names), key=len)
    return bool(shorter) and longer[: len(shorter)] == shorter


def _unite(keys: set[Key], pairs: list[tuple[Key, Key]]) -> dict[Key, Key]:
    """The smallest key of each connected set."""
    neighbours: dict[Key, set[Key]] = {key: set() for key in keys}
    for one, other in pairs:
        neighbours[one].add(other)
        neighbours[other].add(one)
    first: dict[Key, Key] = {}
    for key in sorted(keys, key=_by_text):
        waiting = [key]
        while waiting:
            reached = waiting.pop()
            if reached not in first:
                first[reached] = key
                waiting.extend(neighbours[reached])
    return first


def _read_traits(key: Key, row: Row) -> Traits:
    ins, oid = read_ins(row.text("ins"))
    oid = row.text("ins_oid") or oid
    return Traits(
        key=key,
        ins=ins,
        is_test=oid in TEST_OIDS,
        nir=read_number(row.text("nir")),
        birth_date=_read_date(row.ours.get("birth_date")),
        given_names=read_names(row.text("given_names")),
        birth_rank=(row.text("birth_rank") or "").strip().lstrip("0") or None,
    )


def read_ins(text: str | None) -> tuple[str | None, str | None]:
    """Number and OID of `value` or `value^^^name&oid&ISO^INS` (HL7 v2 PID-3)."""
    parts = (text or "").split("^")
    authority = parts[3].split("&") if len(parts) > 3 else []
    return read_number(parts[0]), authority[1] if len(authority) > 1 else None


def read_number(text: str | None) -> str | None:
    """The 13 characters of a NIR or INS, without its key; anything of another length as it is."""
    bare = re.sub(r"[^0-9A-Z]", "", (text or "").upper())
    return (bare[:13] if len(bare) == 15 else bare) or None


def read_names(text: str | None) -> tuple[str, ...]:
    """Given names as compared: without accents, ligatures, case, hyphens."""
    plain = unicodedata.normalize("NFKD", (text or "").upper().translate(LIGATURES))
    letters = "".join(one for one in plain if not unicodedata.combining(one))
    return tuple(re.findall(r"[^\W\d_]+", letters))


def _read_date(value: object) -> str | None:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else text_of(value)
