# SPDX-License-Identifier: Apache-2.0
"""The whole error tree, on one page.

TocsinError                    what, where, what to do; the faces catch this once
├── InputError                 2   what people gave is wrong: a log, a registry, a setting, a flag
│   └── SettingsError          2   … in case.toml, catalogue.toml or a mapping
├── CaseLocked                 2   another run holds the case
├── TamperedError              1   the journal or a committed table is not what was written
└── MachineError               3   the disk, the memory or Tocsin itself failed; nothing is lost

An exception never carries a value about a person: paths, names of columns, positions and counts only.
Its sentences are English msgids with `{placeholders}`; a face says them in the user's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tocsin.core.filling import fill


@dataclass(frozen=True, slots=True)
class Where:
    """A place that a person can go and look at."""

    file: str | None = None
    """Path as the user gave it, or of the archive member (`a.zip!member`)."""

    line: int | None = None
    """1-based."""

    column: int | None = None
    """1-based, in characters."""

    def __str__(self) -> str:
        parts = [self.file or "", *(str(n) for n in (self.line, self.column) if n is not None)]
        return ":".join(parts).strip(":")


class Phrase(str):
    """A value of a sentence that is itself a msgid: it is said in the language of the sentence."""

    __slots__ = ()


class Sentence(NamedTuple):
    """A msgid with its values, for advice that is worked out."""

    msgid: str
    values: Mapping[str, str | int]


class TocsinError(Exception):
    """What happened, where, and what to do next.

    `what` and `do` are msgids, marked with `_` where they are raised, and `values` fill the placeholders of
    both. The attributes `what` and `do` are the English sentences, filled; without values nothing is filled,
    so that braces stand for themselves.
    """

    exit_code = 3
    code = "failed"

    def __init__(
        self,
        what: str,
        *,
        do: str | Sentence = "",
        where: Where | Path | str | None = None,
        code: str = "",
        **values: str | int,
    ) -> None:
        if isinstance(do, Sentence):
            values = {**do.values, **values}
            do = do.msgid
        self.what_id = what
        self.do_id = do
        self.values = values
        self.what = _filled(what, values)
        self.do = _filled(do, values)
        super().__init__(self.what)
        self.where = where if isinstance(where, Where) else Where(None if where is None else str(where))
        if code:
            self.code = code

    def __str__(self) -> str:
        place = f"{self.where}: " if str(self.where) else ""
        advice = f" {self.do}" if self.do else ""
        return f"{place}{self.what}{advice}"


def _filled(sentence: str, values: Mapping[str, str | int]) -> str:
    try:
        return fill(sentence, values, "en") if values else sentence
    except (LookupError, ValueError):
        return sentence  # a sentence with a hole still says more than another error would


class InputError(TocsinError):
    """What people gave cannot be used as it is; nothing was written."""

    exit_code = 2
    code = "bad_input"


class SettingsError(InputError):
    """A setting is unknown, missing or contradictory."""

    code = "bad_settings"


class CaseLocked(InputError):  # noqa: N818  # a state, as people name it
    """Another run holds the case; one writes at a time."""

    code = "case_locked"


class TamperedError(TocsinError):
    """What is stored is not what was written."""

    exit_code = 1
    code = "tampered"


class MachineError(TocsinError):
    """The machine failed, or Tocsin did; the last committed generation stands. Run again."""

    exit_code = 3
    code = "machine_failed"
