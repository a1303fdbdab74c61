# SPDX-License-Identifier: Apache-2.0
"""The ground on which fields stand: settings, report, journal, files. Whatever is asked of it is noted.

A fact asks the ground for figures and gets them, or `Missing` is raised and the field stays to be
determined: a fact cannot guess. All that it asked for is the evidence of the field.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from tocsin.core.words import _
from tocsin.declare.evidence import Evidence, EvidenceKind, NotThere, find_part

NO_FIGURE = _("the case has not been run, or the report lacks this figure")
NO_SETTING = _("case.toml does not say it")
NO_ENTRY = _("the journal holds no such decision")
NO_ANSWER = _("only a person can say it")
NOTHING_EXAMINED = _("no access has been examined yet")


class Missing(LookupError):  # noqa: N818  # what is missing, not an error
    """Something that a fact needs is not there."""

    def __init__(self, why: str, what: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.what = what


class JournalFact(msgspec.Struct, frozen=True):
    """An entry of the journal, as facts read it."""

    number: int
    kind: str
    hash: str
    at: datetime
    by: str
    body: Mapping[str, Any]

    @property
    def evidence(self) -> Evidence:
        """That entry, by number and hash."""
        return Evidence(kind="journal", path=f"{self.number} {self.kind}", value=self.hash)


class Given(msgspec.Struct, frozen=True):
    """A person's answer: in the journal, or written in case.toml."""

    value: Any
    evidence: Evidence
    by: str
    at: datetime | None
    why: str
    origin: str
    """`answer` or `setting`."""


class Ground(msgspec.Struct):
    """What is known of one case at one moment."""

    report: Mapping[str, Any]
    """report.json; empty before the first run."""
    figures: Mapping[str, Any]
    """Its figures, and those of declarations."""
    settings: Mapping[str, Any]
    """case.toml as plain values."""
    journal: list[JournalFact]
    """Oldest first, without the commits of stages."""
    files: Mapping[str, str]
    now: datetime
    answers: Mapping[str, Given] = {}
    """By field."""
    clocks: Mapping[str, Any] = {}
    """What the clocks say, as plain values."""
    severity: Mapping[str, Any] = {}
    """What the assessment of severity says, as plain values."""
    subtype: str = "incomplete"
    """Of the notification in the making: complete, incomplete or withdrawn."""
    noted: list[Evidence] = []

    def figure(self, path: str) -> int | float:
        """A number of the report; raises Missing."""
        value = self.figure_or_none(path)
        if value is None:
            raise Missing(NO_FIGURE, path)
        return value

    def whole(self, path: str) -> int:
        """A figure that counts; raises Missing."""
        return int(self.figure(path))

    def figure_or_none(self, path: str) -> int | float | None:
        """A number of the report that may have no bound: None then; raises Missing when it is not there."""
        entry = self.figures.get(path)
        if entry is None:
            raise Missing(NO_FIGURE, path)
        value = entry["value"]
        self.noted.append(Evidence("figure", path, value, entry["query"], entry["inputs"]))
        return value  # type: ignore[no-any-return]

    def part(self, path: str) -> Any:  # noqa: ANN401  # a part of the report is any JSON
        """A part of the report that is no number; raises Missing."""
        return self._noted("report", self.report, path, NO_FIGURE)

    def keys(self, path: str) -> list[str]:
        """The names under a part of the report, which is then looked at one by one; raises Missing."""
        try:
            found = find_part(self.report, path)
        except NotThere:
            raise Missing(NO_FIGURE, path) from None
        return list(found) if isinstance(found, Mapping) else [str(at) for at in range(len(found))]

    def setting(self, path: str) -> Any:  # noqa: ANN401  # a setting is any TOML
        """A setting that somebody wrote; raises Missing."""
        value = self._noted("setting", self.settings, path, NO_SETTING)
        if value in (None, "", [], {}):
            raise Missing(NO_SETTING, path)
        return value

    def entries(self, kind: str) -> list[JournalFact]:
        """Entries of a kind, oldest first; what is used of them is noted with `rest_on`."""
        return [entry for entry in self.journal if entry.kind == kind]

    def rest_on(self, entry: JournalFact) -> JournalFact:
        """Note an entry as evidence."""
        self.noted.append(entry.evidence)
        return entry

    def head(self) -> JournalFact:
        """The newest entry: what the journal holds, or not, up to there. Raises Missing."""
        if not self.journal:
            raise Missing(NO_ENTRY)
        return self.rest_on(self.journal[-1])

    def file(self, path: str) -> str:
        """The SHA-256 of a file of the case; raises Missing."""
        if path not in self.files:
            raise Missing(NO_FIGURE, path)
        self.noted.append(Evidence(kind="file", path=path, value=self.files[path]))
        return self.files[path]

    def claim(self, claim: str) -> str | None:
        """The grade of a claim of case.toml, or None when it was not asked for."""
        for at, row in enumerate(self.report.get("claims", ())):
            if row.get("id") == claim:
                self.noted.append(Evidence(kind="claim", path=f"claims.{at}.id", value=claim))
                self.noted.append(Evidence(kind="claim", path=f"claims.{at}.grade", value=row["grade"]))
                return str(row["grade"])
        return None

    def answered(self, field: str) -> Any:  # noqa: ANN401  # of the field's kind
        """What a person answered to another field; raises Missing."""
        given = self.answers.get(field)
        if given is None:
            raise Missing(NO_ANSWER, field)
        self.noted.append(given.evidence)
        return given.value

    def clock(self, name: str) -> Any:  # noqa: ANN401  # a plain value
        """What the clocks say; raises Missing."""
        return self._linked("clock", self.clocks, name)

    def assessed(self, name: str) -> Any:  # noqa: ANN401  # a plain value
        """What the assessment of severity says; raises Missing."""
        return self._linked("severity", self.severity, name)

    def _linked(self, kind: EvidenceKind, held: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401
        value = held.get(name)
        if value is None:
            raise Missing(NO_ENTRY, f"{kind}.{name}")
        self.noted.append(Evidence(kind=kind, path=name, value=value))
        return value

    @property
    def zone(self) -> str:
        """For people's eyes."""
        return str(self.settings["case"]["zone"])

    def examined(self) -> int:
        """How many accesses were examined; raises Missing when none was: nothing is known then."""
        events = self.whole("scope.events")
        if not events:
            raise Missing(NOTHING_EXAMINED)
        return events

    def _noted(self, kind: str, tree: Mapping[str, Any], path: str, why: str) -> Any:  # noqa: ANN401
        try:
            value = find_part(tree, path)
        except NotThere:
            raise Missing(why, path) from None
        self.noted.append(Evidence("setting" if kind == "setting" else "report", path, value))
        return value
