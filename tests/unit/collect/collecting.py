# SPDX-License-Identifier: Apache-2.0
"""Sources that collect from a stub, and runs of them: from the beginning, or from where a page left off."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tocsin.collect.interface import Collector, Page, Surroundings
from tocsin.core.settings.frozen import Period
from tocsin.core.settings.inputs import SourceSettings

NOON = datetime(2020, 7, 21, 12, tzinfo=UTC)


def at(seconds: float) -> str:
    """That long after noon, as ISO 8601."""
    return (NOON + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def milliseconds(seconds: float) -> int:
    """That long after noon, since 1970."""
    return round((NOON.timestamp() + seconds) * 1000)


def source(kind: str, url: str | None, /, **keys: object) -> SourceSettings:
    """A source of that kind, for the hours (1) from noon on; other keys are those of `collect`."""
    hours = float(str(keys.pop("hours", 1)))
    settle = {} if kind == "s3" else {"settle": 0}
    collect = {"from": kind, **({} if url is None else {"url": url}), **settle, **keys}
    period = Period(from_=NOON, until=NOON + timedelta(hours=hours))
    return SourceSettings(name="siem", collect=collect, period=period)


class Standing:
    """What a test says stands: pages in order."""

    def __init__(self, pages: list[Page]) -> None:
        self.pages = pages

    def lines(self, is_behind: Callable[[str], bool]) -> Iterator[bytes]:
        """As `Brought`."""
        for page in self.pages:
            if not is_behind(page.position):
                yield from page.records.splitlines(keepends=True)

    def sizes(self) -> dict[str, int]:
        """As `Brought`."""
        found: dict[str, int] = {}
        for page in self.pages:
            found[page.name] = found.get(page.name, 0) + len(page.records)
        return found


def collect(collector: Collector, asked: SourceSettings, stands: list[Page] | None = None) -> list[Page]:
    """All pages behind those that stand."""
    collector.check(asked)
    stands = stands or []
    collector.around = Surroundings(folder=Path("/"), brought=Standing(stands))
    return list(collector.pages(asked, stands[-1].position if stands else None))


def drain(pages: Iterator[Page], taken: list[Page], then: Callable[[], None] = lambda: None) -> None:
    """Take pages for as long as they come; after each, something happens to the place."""
    for page in pages:
        taken.append(page)
        then()


def brought(pages: list[Page]) -> list[dict[str, object]]:
    """The records of pages, as JSON lines."""
    return [json.loads(line) for page in pages for line in page.records.splitlines()]


def codes(pages: list[Page]) -> list[str]:
    """Codes of the notes, in order."""
    return [code for page in pages for code, _sentence in page.notes]


def values(pages: list[Page], code: str) -> dict[str, str | int]:
    """What the first note of that code says."""
    return next(dict(sentence.values) for page in pages for said, sentence in page.notes if said == code)
