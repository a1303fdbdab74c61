# SPDX-License-Identifier: Apache-2.0
"""Everything a step may need: the answers so far, the logs, the language, and whom it is talking to.

What is worked out of the logs is worked out once, and again when somebody goes back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tocsin.core.errors import TocsinError
from tocsin.core.settings import SourceSettings
from tocsin.core.words import Words, visible
from tocsin.start.face import Face
from tocsin.start.kept import Kept
from tocsin.start.logs import Found, Source, look_at
from tocsin.start.reading import AccountSeen, Reading, Scope, Screen, settings_of
from tocsin.start.screens import MOST_ASKED, is_static, proposal


@dataclass(slots=True)
class Scene:
    """One conversation."""

    folder: Path
    words: Words
    face: Face
    kept: Kept
    by: str
    """Who answers, as `--by` or the system says; an answer may correct it."""

    zone: str
    """Of the dates that people type and read."""

    now: Callable[[], datetime]
    found: Found | None = None
    """What was found where the logs are said to be."""

    _accounts: list[AccountSeen] | None = None
    _screens: list[Screen] | None = None
    _overlap: dict[tuple[int, int], int] | None = None
    sheets: dict[str, tuple[list[str], list[list[str]]]] = field(default_factory=dict)
    """Heads and first rows of a list, by its path; never written anywhere."""

    def told(self, error: TocsinError) -> str:
        """An error in the person's language."""
        place = f"{error.where}: " if str(error.where) else ""
        parts = (self.words.told(msgid, error.values) for msgid in (error.what_id, error.do_id))
        return visible(place + " ".join(part for part in parts if part))

    def instant(self, at: datetime) -> str:
        """An instant as people read it."""
        return self.words.instant(at, self.zone)

    def changed(self) -> None:
        """Somebody went back: what was worked out may no longer hold."""
        self.found = self._accounts = self._screens = self._overlap = None

    def files(self) -> Found:
        """What is where the logs are."""
        if self.found is None:
            self.found = look_at(self.kept.word("logs"), self.folder)
        return self.found

    def sources(self) -> list[Source]:
        """The logs to read."""
        return self.files().sources if self.kept.word("logs") else []

    def source_settings(self) -> list[SourceSettings]:
        """As case.toml will name them: the zone, for those whose times carry none."""
        zone, zoneless = self.kept.word("zone"), self.kept.texts("zoneless")
        return [settings_of(source, zone if source.name in zoneless else "") for source in self.sources()]

    def reading(self) -> Reading:
        """The logs, read already."""
        return Reading(self.folder, self.by, self.source_settings())

    def has_events(self) -> bool:
        """Whether there is anything to ask of the logs."""
        return bool(self.kept.word("logs")) and (not self.kept.texts("zoneless") or "zone" in self.kept)

    def accounts(self) -> list[AccountSeen]:
        """All accounts of the logs."""
        if self._accounts is None:
            self._accounts = self.reading().accounts() if self.has_events() else []
        return self._accounts

    def chosen(self) -> list[AccountSeen]:
        """Of the accounts named, what the logs say of each."""
        named = self.kept.texts("accounts")
        return [account for account in self.accounts() if account.account in named]

    def period(self) -> tuple[datetime | None, datetime | None]:
        """From and until, as answered."""
        since, until = self.kept.word("from"), self.kept.word("until")
        return (
            datetime.fromisoformat(since) if since else None,
            datetime.fromisoformat(until) if until else None,
        )

    def scope(self) -> Scope:
        """Whose acts are asked about, and when."""
        return Scope(self.kept.texts("accounts"), *self.period())

    def screens(self) -> list[Screen]:
        """What the accounts obtained in that period, the weightiest first."""
        if self._screens is None:
            accounts = self.kept.texts("accounts")
            if not accounts or not self.has_events():
                self._screens = []
            else:
                self._screens = self.reading().screens(self.scope())
        return self._screens

    def blank_screens(self) -> list[Screen]:
        """Those whose path says that they show nobody's data: asked about together."""
        return [screen for screen in self.screens() if not is_static(screen) and proposal(screen) == ()]

    def asked_screens(self) -> list[Screen]:
        """Those that are asked about one by one."""
        blank = self.blank_screens() if self.kept.answers.get("blank") is True else []
        return [s for s in self.screens() if not is_static(s) and s not in blank][:MOST_ASKED]

    def listed(self, screen: Screen) -> dict[int, int]:
        """By segment, how many of a screen's values stand in the list of patients."""
        columns, path = self.kept.table("columns"), self.kept.word("patients")
        if not path or "person" not in columns:
            return {}
        asked = self.asked_screens()
        if self._overlap is None:
            self._overlap = self.reading().overlap([path], columns["person"], asked, self.scope())
        number = asked.index(screen)
        return {segment: self._overlap.get((number, segment), 0) for segment in screen.segments}

    def sheet(self, path: str) -> tuple[list[str], list[list[str]]]:
        """Heads and first rows of a list."""
        if path not in self.sheets:
            self.sheets[path] = self.reading().table_sample([path], 400)
        return self.sheets[path]


def words_of(values: Sequence[str], words: Words) -> str:
    """Names from outside, as a list in words."""
    return words.listing([visible(value) for value in values])
