# SPDX-License-Identifier: Apache-2.0
"""What a collector offers: the records of one kind of place, page by page, each with where to go on.

A collector keeps nothing: what was brought, and how far, is the spool's to remember. It must give the same
records again from the same position, in the same order, as far as the place itself does; where a place cannot
promise that (a search engine whose index changes), its notes say so.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from tocsin.core.errors import Sentence
from tocsin.core.settings.inputs import SourceSettings


@dataclass(frozen=True, slots=True)
class Page:
    """Some whole records, and the position behind them."""

    records: bytes
    """Native bytes, each record ended as its format wants (JSON lines: one a line). Never half a record."""

    position: str
    """Where to go on after this page: a watermark, a scroll key, a link; opaque to all but its collector."""

    count: int
    """Records in it, as the place counts them."""

    name: str = "records.ndjson"
    """Which file of the spool takes them: a bucket's objects have one each, a table has one."""

    notes: tuple[tuple[str, Sentence], ...] = field(default=())
    """(code, sentence) that a person should know: a total that does not fit, an object listed twice."""

    repeated: int = 0
    """Records that the place gave again, and that are not among these because they stand already."""


class Brought(Protocol):
    """What stands of a source, for a collector that must tell a record given again from a new one."""

    def lines(self, is_behind: Callable[[str], bool]) -> Iterator[bytes]:
        """Lines, with their ends, of the first page whose position is not behind and of all after it."""

    def sizes(self) -> Mapping[str, int]:
        """Bytes that stand of each file, by its name: an object brought in part goes on behind them."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a collector works."""

    folder: Path = Path()
    """The case: relative paths of settings start there."""

    brought: Brought | None = None
    again: bool = False
    """Somebody asked that what was read once and whole be read anew."""


class Collector(ABC):
    """One kind of place; registered by entry point in the group `tocsin.collectors` under its `kind`."""

    kind: str
    """As case.toml names it: `collect = { from = "elasticsearch", … }`; `database = …` means `database`."""

    title: str
    """For people, English."""

    format: str | None = None
    """The log format that its records have, where the kind itself says it (ITI-81: fhir-audit-event)."""

    around: Surroundings = Surroundings()
    """Set before `pages` is asked."""

    def place(self, source: SourceSettings) -> str:
        """Where the records come from, for the journal: never a user, a password or a token."""
        address = source.database or source.collect.get("url")
        return shown_address(address) if isinstance(address, str) else self.kind

    def question(self, source: SourceSettings) -> str:
        """A digest of what is asked: under another one, a position means nothing.

        Settings that change how it is asked, and not which records come, may be left out by a collector.
        """
        asked = [source.query, source.watermark, source.collect]
        return sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()

    @abstractmethod
    def check(self, source: SourceSettings) -> None:
        """Raise SettingsError when the settings do not suit, before anything is asked of the place."""

    @abstractmethod
    def pages(self, source: SourceSettings, position: str | None) -> Iterator[Page]:
        """What stands behind the position (None: from the beginning), in order, until there is no more now.

        Raises MachineError when the place does not answer or breaks off: what was given before stands, and
        the next run goes on behind it. Raises InputError when it refuses (rights, a query it does not take).
        """


def shown_address(address: str) -> str:
    """Scheme, machine and path: what stands before an @, and a query, may hold secrets."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "?"
    return f"{parts.scheme}://{host}{'' if port is None else f':{port}'}{parts.path}"
