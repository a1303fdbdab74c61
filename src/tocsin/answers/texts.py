# SPDX-License-Identifier: Apache-2.0
"""The words of the questionnaire and of the professional's file, one file a language."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

import msgspec

_PLACE = re.compile(r"\{(\w+)\}")


class Texts(msgspec.Struct, frozen=True):
    """One language."""

    words: dict[str, str | list[str]]

    def say(self, key: str, **values: str | int) -> str:
        """One sentence, its places filled; raises KeyError for one that is a list or is not there."""
        found = self.words[key]
        if isinstance(found, list):
            raise KeyError(key)
        return _filled(found, values)

    def lines(self, key: str, **values: str | int) -> list[str]:
        """A list of sentences."""
        found = self.words[key]
        return [_filled(one, values) for one in (found if isinstance(found, list) else [found])]

    def count(self, key: str, number: int) -> str:
        """`key_one` or `key_many`; `key_none` of nothing where there is one, else empty."""
        if number == 0:
            return self.say(f"{key}_none") if f"{key}_none" in self.words else ""
        return self.say(f"{key}_one") if number == 1 else self.say(f"{key}_many", n=number)


def _filled(text: str, values: dict[str, str | int]) -> str:
    """In one pass: a value that looks like a place, as an account may, is only a value."""
    return _PLACE.sub(lambda found: str(values.get(found[1], found[0])), text)


@cache
def texts(lang: str) -> Texts:
    """The words of `fr` or `en`, read once."""
    read = files("tocsin.answers").joinpath("texts", f"{lang}.toml").read_text("utf-8")
    return Texts(msgspec.convert(tomllib.loads(read), dict[str, str | list[str]]))
