# SPDX-License-Identifier: Apache-2.0
"""The words of letters and checklists, one file a language, and which kinds of logs a case needs.

Long documents are files apart from code: a lawyer or a translator corrects them without reading Python.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import msgspec


class KindWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a kind of log tells, and the fields to ask for."""

    name: str
    question: str
    fields: list[str]


class HolderWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who holds logs, how to address them, on what basis, and what is asked of them alone."""

    name: str
    addressee: str = ""
    basis: list[str] = []
    extra: list[str] = []


class Texts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One language."""

    kinds: dict[str, KindWords]
    holders: dict[str, HolderWords]
    letter: dict[str, str | list[str]]
    page: dict[str, str]

    def say(self, key: str) -> str:
        """One sentence of the letter; raises KeyError for one that is a list or is not there."""
        found = self.letter[key]
        if isinstance(found, list):
            raise KeyError(key)
        return found


class Need(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of log: whether the question cannot do without it, and who usually holds it."""

    usual: str
    must: bool = False
    usual_for: dict[str, str] = {}
    not_for: list[str] = []


@cache
def texts(lang: str) -> Texts:
    """The words of `fr` or `en`, read once."""
    return msgspec.convert(_read(f"{lang}.toml"), Texts)


@cache
def needs() -> dict[str, Need]:
    """Needs by kind of log, in the order of the checklist."""
    return msgspec.convert(_read("needs.toml"), dict[str, Need])


def _read(name: str) -> dict[str, object]:
    return tomllib.loads(files("tocsin.preserve").joinpath("texts", name).read_text("utf-8"))
