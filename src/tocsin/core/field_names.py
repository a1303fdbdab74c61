# SPDX-License-Identifier: Apache-2.0
"""What a field's name says of what it holds, from the documented table `field_names.toml`.

A help for proposals, never a finding: a name in a schema or a header is what somebody called a thing. A
person confirms.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

_SIGNS: Final = re.compile(r"[^a-z0-9]+")
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Field:
    """One kind of field."""

    name: str
    """Its name in the table."""

    category: str
    """Of the vocabulary of categories."""

    column: str | None
    """Ours in `[registries.columns]`, where a registry may hold it."""


def field_of(name: str) -> Field | None:
    """The kind of field that a name tells, or None when the table does not know it."""
    plain = plain_name(name)
    for candidate in (plain, *_without_owner(plain)):
        if candidate in _table():
            return _table()[candidate]
    return None


def plain_name(name: str) -> str:
    """Without case, accents and signs: `Date_de-Naissance` is `datedenaissance`."""
    spread = unicodedata.normalize("NFKD", name[:_LONGEST])
    bare = "".join(letter for letter in spread if not unicodedata.combining(letter))
    return _SIGNS.sub("", bare.lower())


@cache
def _table() -> dict[str, Field]:
    return {
        name: Field(key, row["category"], row.get("column"))
        for key, row in _read().items()
        if key != "owners"
        for name in row["names"]
    }


@cache
def _read() -> dict[str, dict[str, str]]:
    text = files("tocsin.core").joinpath("field_names.toml").read_text("utf-8")
    return tomllib.loads(text)


def _without_owner(plain: str) -> list[str]:
    """The name without whose it is: `patientbirthdate` is also `birthdate`."""
    owners: list[str] = list(_read()["owners"])
    before = [plain.removeprefix(o) for o in owners if plain.startswith(o) and plain != o]
    after = [plain.removesuffix(o) for o in owners if plain.endswith(o) and plain != o]
    return sorted(before, key=len) + sorted(after, key=len)
