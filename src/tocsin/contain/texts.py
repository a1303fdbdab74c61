# SPDX-License-Identifier: Apache-2.0
"""The words of the sheet, one file a language: who knows the wards corrects them without reading Python."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import msgspec


class StepWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of the sheet."""

    title: str
    where: str
    question: str
    who: str
    proof: str
    undo: str


class Texts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One language."""

    steps: dict[str, StepWords]
    sheet: dict[str, str | list[str]]

    def say(self, key: str) -> str:
        """One sentence of the sheet; raises KeyError for one that is a list or is not there."""
        found = self.sheet[key]
        if isinstance(found, list):
            raise KeyError(key)
        return found

    def lines(self, key: str) -> list[str]:
        """A list of the sheet."""
        found = self.sheet[key]
        return found if isinstance(found, list) else [found]

    def step(self, code: str) -> StepWords:
        """The words of a step; of one that a connector made up, its code alone."""
        return self.steps.get(code) or StepWords(code, "", "", "", "", "")


@cache
def texts(lang: str) -> Texts:
    """The words of `fr` or `en`, read once."""
    read = files("tocsin.contain").joinpath("texts", f"{lang}.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(read), Texts)
