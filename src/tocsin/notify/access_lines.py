# SPDX-License-Identifier: Apache-2.0
"""What an answer to one person says, line by line: values cleaned, numbers that identify masked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from tocsin.core.terms import Category
from tocsin.core.words import Words
from tocsin.notify.letter import clean, notice_words

Row = Mapping[str, Any]

READABLE: Final = 4
"""Grades up to this one were shown in a readable form."""

_FIELDS: Final = (
    *("family_name", "used_name", "given_names", "sex", "birth_date", "birth_place"),
    *("phone", "email", "address", "nir", "ins"),
)
_MASKED: Final = ("nir", "ins")
_ORDER: Final = tuple(Category)


class Grade(NamedTuple):
    """Data of one certainty, under what is said of it."""

    heading: str
    items: list[str]


def masked(number: str) -> str:
    """The first character and the last two; of what is short, nothing."""
    bare = clean(number).replace(" ", "")
    return f"{bare[0]}{'•' * (len(bare) - 3)}{bare[-2:]}" if len(bare) > 6 else "•" * len(bare)


class AccessLines:
    """Says the rows of one person in the language of the notices."""

    def __init__(self, words: Words, zone: str) -> None:
        self._words = words
        self._zone = zone
        said = notice_words(words.lang)
        self._said, self._data = said["answer"], said["data"]

    def grades(self, shown: Sequence[Row]) -> list[Grade]:
        """Categories by how sure it is, surest first, each with its days."""
        found = []
        for grade in sorted({row["grade"] for row in shown}):
            rows = [row for row in shown if row["grade"] == grade]
            rows.sort(key=lambda row: _ORDER.index(row["category"]))
            items = [
                f"{self._data[row['category']]}, {self._span(row['first_at'], row['last_at'])}"
                for row in rows
            ]
            found.append(Grade(self._said[f"grade_{grade}"], items))
        return found

    def labels(self, categories: Sequence[str]) -> list[str]:
        """Names of data."""
        return [self._data[category] for category in categories]

    def days(self, rows: Sequence[Row]) -> Iterator[str]:
        """One line a day, account, log and controller."""
        said = self._said
        for row in rows:
            parts = [said["day"].format(day=self.day(row["first_at"]), accesses=row["accesses"])]
            number = row["account"]
            parts.append(said["account"].format(number=number) if number else said["no_account"])
            if row["source"]:
                parts.append(said["log"].format(name=clean(row["source"])))
            if row["controller"]:
                parts.append(said["controller"].format(name=clean(row["controller"])))
            parts.append(said["held"] if row["is_held"] else said["doubtful"])
            yield ", ".join(parts)

    def unknown(self, doubts: Row) -> Iterator[str]:
        """What in the case is left without explanation, counted; it may concern anybody."""
        left = {name: doubts[name] for name in ("unresolved", "uncovered", "set_aside", "gaps")}
        for name, n in left.items():
            if n:
                yield self._said[name].format(n=self._words.number(n))
        if not any(left.values()):
            yield self._said["nothing_unknown"]
        yield self._said["reuse"]

    def absence(self, grade: str) -> str:
        """What it is worth that nothing was found."""
        return str(self._said[f"absence_{grade}"])

    def held(self, rows: Sequence[Row], *, ids_identify: bool) -> Iterator[str]:
        """Each file of theirs and what stands in it; a local id that is a number of the State is masked."""
        said, colon = self._said, self._said["colon"]
        for row in rows:
            local = masked(row["person"]) if ids_identify else clean(row["person"])
            yield said["file"].format(registry=clean(row["registry"] or "–"), local=local)
            known = [name for name in _FIELDS if row[name]]
            if not known:
                yield said["not_in_registry"]
            for name in known:
                value = masked(row[name]) if name in _MASKED else clean(row[name])
                yield f"{said[name]}{colon}{value}"
            if row["has_guardian"]:
                yield said["has_guardian"]
            if row["controller"]:
                yield f"{said['responsible']}{colon}{clean(row['controller'])}"
            if row["valid_from"] or row["valid_until"]:
                yield said["valid"].format(first=row["valid_from"] or "…", last=row["valid_until"] or "…")

    def notices(self, rows: Sequence[Row], released: Mapping[int, datetime]) -> Iterator[str]:
        """What was released for them, wave by wave."""
        if not any(row["channel"] for row in rows):
            yield self._said["sent_nothing"]
        for row in rows:
            if row["channel"] and row["wave"] not in released:
                yield self._said["sent_not_yet"]
            elif row["channel"]:
                day = self.day(released[row["wave"]])
                yield self._said[f"sent_{row['channel']}"].format(day=day, reference=row["reference"])

    def day(self, at: datetime) -> str:
        """As the calendar of the case has it."""
        return self._words.day(at, self._zone)

    def _span(self, first_at: datetime, last_at: datetime) -> str:
        first, last = self.day(first_at), self.day(last_at)
        return str(self._said["once" if first == last else "between"].format(first=first, last=last))
