# SPDX-License-Identifier: Apache-2.0
"""What a collection gave: for each source and register, what came, what stands, and what failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tocsin.core.errors import Sentence, TocsinError
from tocsin.core.words import _
from tocsin.journal.chain import Json
from tocsin.journal.collection import COLLECTED, FAILED
from tocsin.store.case import Case

Warned = tuple[str, Sentence, str]
"""(code, text, where)."""

ALARMING = {"rows_gone", "answer_differs", "snapshot_differs", "foreign_file"}
"""Notes after which a person has to look."""


@dataclass(slots=True)
class Collected:
    """One source, or one register."""

    name: str
    kind: str
    place: str
    rows: int = 0
    """Records that this run brought."""

    repeated: int = 0
    """Records that the place gave again and that stood already."""

    total: int = 0
    """Records that stand."""

    files: int = 0
    bytes: int = 0
    unfinished: int = 0
    """Records that an earlier run brought which did not come to its end."""

    stands: bool = False
    """Something was brought, now or before, be it no record at all."""

    error: TocsinError | None = None
    notes: list[tuple[str, Sentence]] = field(default_factory=list)

    @property
    def codes(self) -> list[Json]:
        """Of the notes, each once."""
        return [*sorted({code for code, _text in self.notes})]

    @property
    def needs_person(self) -> bool:
        """Whether it failed, or something was seen that should not be."""
        return self.error is not None or any(code in ALARMING for code, _text in self.notes)

    def tell(self, case: Case, more: Mapping[str, Json]) -> None:
        """Put the asking in the journal: what it brought, or the code of what went wrong."""
        body: dict[str, Json] = {
            "name": self.name,
            "collector": self.kind,
            "place": self.place,
            "rows": self.rows,
            "repeated": self.repeated,
            "notes": self.codes,
            **more,
        }
        if self.error is not None:
            case.journal.append(FAILED, {**body, "error": self.error.code}, by=case.by)
        else:
            case.journal.append(COLLECTED, body, by=case.by)

    def warnings(self) -> list[Warned]:
        """What a person should read."""
        told = [(code, text, self.name) for code, text in self.notes]
        if self.error is not None:
            text = Sentence(self.error.what_id, self.error.values)
            told.append((self.error.code, text, f"{self.name} ({self.error.where or self.place})"))
            if self.stands:
                stands = Sentence(
                    _("It was not collected to its end; {total} records of it stand, and are read."),
                    {"total": self.total},
                )
                told.append(("not_collected", stands, self.name))
        return told


@dataclass(slots=True)
class CollectReport:
    """All of them, in the order of case.toml."""

    collected: list[Collected] = field(default_factory=list)

    @property
    def needs_person(self) -> bool:
        """Whether somebody has to look."""
        return any(one.needs_person for one in self.collected)

    def warnings(self) -> list[Warned]:
        """Of all."""
        return [warning for one in self.collected for warning in one.warnings()]

    def raise_when_lacking(self) -> None:
        """Raise the error of the first of which nothing stands: a run would go on without it."""
        for one in self.collected:
            if one.error is not None and not one.stands:
                raise one.error

    def raise_when_all_failed(self) -> None:
        """Raise the first error when nothing at all was reached."""
        if self.collected and all(one.error is not None for one in self.collected):
            error = self.collected[0].error
            if error is not None:
                raise error
