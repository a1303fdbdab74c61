# SPDX-License-Identifier: Apache-2.0
"""Requests for logs and what came of them: journal entries, of which the present is the fold.

A request is about a subject: a source of case.toml, or a kind of log that the case lacks. Nothing is ever
taken back: a later entry says more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from tocsin.journal import Entry
from tocsin.journal.chain import Json

ASKED = "preserve:request:asked"
ANSWERED = "preserve:request:answered"
REFUSED = "preserve:request:refused"
CUSTODY = "preserve:custody:answered"
COPIED = "preserve:source:copied"


class Status(StrEnum):
    """What has become of a request."""

    ASKED = "asked"
    OVERDUE = "overdue"
    ANSWERED = "answered"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came in, as it was recorded when it came."""

    at: datetime
    from_whom: str
    by: str
    sha256: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """All that was asked and answered about one subject."""

    subject: str
    to_whom: str = ""
    asked_at: datetime | None = None
    asked_by: str = ""
    due: datetime | None = None
    refused_at: datetime | None = None
    why_refused: str = ""
    receipts: tuple[Receipt, ...] = ()
    waits: bool = False
    """Whether the last request has neither answer nor refusal."""

    def status(self, now: datetime) -> Status:
        """An answer after a refusal is an answer; a new request waits anew."""
        if self.waits:
            return Status.OVERDUE if self.due is not None and self.due <= now else Status.ASKED
        return Status.REFUSED if self.refused_at is not None else Status.ANSWERED


@dataclass(frozen=True, slots=True)
class CustodyAnswer:
    """What somebody answered about who can alter a source."""

    source: str
    custody: str
    from_whom: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CopyRecord:
    """A copy of a source that was verified."""

    source: str
    at: datetime
    folder: str
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Correspondence:
    """The present of all requests, answers and copies."""

    exchanges: dict[str, Exchange]
    custody: dict[str, CustodyAnswer]
    copies: dict[str, CopyRecord]


def fold(entries: Iterable[Entry]) -> Correspondence:
    """The present, from all entries in the order of the journal; those of other stages are passed over."""
    exchanges: dict[str, Exchange] = {}
    custody: dict[str, CustodyAnswer] = {}
    copies: dict[str, CopyRecord] = {}
    for entry in entries:
        if entry.kind in _STEPS:
            subject = _text(entry.body, "subject")
            exchanges[subject] = _STEPS[entry.kind](exchanges.get(subject, Exchange(subject)), entry)
        elif entry.kind == CUSTODY:
            answer = _custody(entry)
            custody[answer.source] = answer
        elif entry.kind == COPIED:
            copied = _copied(entry)
            copies[copied.source] = copied
    return Correspondence(exchanges, custody, copies)


def _asked(before: Exchange, entry: Entry) -> Exchange:
    body = entry.body
    return replace(
        before,
        to_whom=_text(body, "to_whom"),
        asked_at=_instant(body, "at"),
        asked_by=entry.by,
        due=_instant(body, "due") if body.get("due") else None,
        refused_at=None,
        why_refused="",
        waits=True,
    )


def _answered(before: Exchange, entry: Entry) -> Exchange:
    digests = entry.body.get("sha256")
    receipt = Receipt(
        _instant(entry.body, "at"),
        _text(entry.body, "from_whom"),
        entry.by,
        tuple(str(one) for one in digests) if isinstance(digests, list) else (),
        _text(entry.body, "note"),
    )
    whom = before.to_whom or receipt.from_whom
    return replace(
        before,
        to_whom=whom,
        receipts=(*before.receipts, receipt),
        refused_at=None,
        why_refused="",
        waits=False,
    )


def _refused(before: Exchange, entry: Entry) -> Exchange:
    whom = before.to_whom or _text(entry.body, "from_whom")
    at, why = _instant(entry.body, "at"), _text(entry.body, "why")
    return replace(before, to_whom=whom, refused_at=at, why_refused=why, waits=False)


_STEPS = {ASKED: _asked, ANSWERED: _answered, REFUSED: _refused}


def _custody(entry: Entry) -> CustodyAnswer:
    body = entry.body
    return CustodyAnswer(
        _text(body, "source"),
        _text(body, "custody"),
        _text(body, "from_whom"),
        _text(body, "why"),
        _instant(body, "at"),
    )


def _copied(entry: Entry) -> CopyRecord:
    body = entry.body
    return CopyRecord(
        _text(body, "source"),
        datetime.fromisoformat(entry.at),
        _text(body, "folder"),
        int(_text(body, "files") or 0),
        int(_text(body, "bytes") or 0),
    )


def _text(body: object, key: str) -> str:
    value: Json = body.get(key) if isinstance(body, dict) else None
    return "" if value is None else str(value)


def _instant(body: object, key: str) -> datetime:
    return datetime.fromisoformat(_text(body, key)).astimezone(UTC)
