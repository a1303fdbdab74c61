# SPDX-License-Identifier: Apache-2.0
"""The state of preservation as a JSON object, for programs."""

from __future__ import annotations

from datetime import datetime

from tocsin.preserve.freezing import Freeze
from tocsin.preserve.letters import Letter
from tocsin.preserve.requests import Exchange
from tocsin.preserve.run import NeedState, Preservation, SourceState

Told = dict[str, object]


def preservation_object(state: Preservation) -> Told:
    """Everything the listing says."""
    return {
        "now": _at(state.now),
        "needed": {
            "from": _at(state.needed.from_at),
            "until": _at(state.needed.until_at),
            "margin_days": state.needed.margin_days,
            "accounts": list(state.needed.accounts),
        },
        "sources": [source_object(source) for source in state.sources],
        "needs": [_need_object(need, state.now) for need in state.needs],
        "requests": [
            exchange_object(exchange, state.now)
            for _subject, exchange in sorted(state.correspondence.exchanges.items())
        ],
    }


def source_object(state: SourceState) -> Told:
    """One source."""
    expiry = state.expiry
    return {
        "source": state.settings.name,
        "kind": state.kind,
        "kind_presumed": state.is_presumed,
        "held_by": state.settings.held_by,
        "owner": state.settings.owner,
        "contact": state.settings.contact,
        "retention": state.settings.retention,
        "custody": state.custody,
        "custody_answered": state.custody_answered,
        "first_at": _at(state.first_at),
        "last_at": _at(state.last_at),
        "events": state.events,
        "files": state.files,
        "bytes": state.bytes,
        "missing": list(state.missing),
        "copied": state.is_copied,
        "urgency": expiry.urgency.value,
        "expires_at": _at(expiry.expires_at),
        "days_left": expiry.days_left,
        "kept_from": _at(expiry.kept_from),
        "lacks": {"from": _at(expiry.lacks_from), "until": _at(expiry.lacks_until)} if expiry.lacks else None,
        "lost_until": _at(expiry.lost_until),
    }


def exchange_object(exchange: Exchange, now: datetime) -> Told:
    """One request and what came of it."""
    return {
        "subject": exchange.subject,
        "status": exchange.status(now).value,
        "to_whom": exchange.to_whom,
        "asked_at": _at(exchange.asked_at),
        "due": _at(exchange.due),
        "refused_at": _at(exchange.refused_at),
        "why_refused": exchange.why_refused or None,
        "receipts": [
            {"at": _at(one.at), "from_whom": one.from_whom, "by": one.by, "sha256": list(one.sha256)}
            for one in exchange.receipts
        ],
    }


def freeze_object(frozen: Freeze) -> Told:
    """What was copied."""
    return {
        "folder": str(frozen.folder),
        "sums_sha256": frozen.sums_sha256,
        "files": [
            {
                "source": file.source,
                "path": file.path,
                "copy": file.copy,
                "bytes": file.bytes,
                "sha256": file.sha256,
                "state": file.state.value,
                "was_there": file.was_there,
            }
            for file in frozen.files
        ],
        "failed": [
            {"path": one.path, "code": one.error.code, "what": one.error.what} for one in frozen.failed
        ],
    }


def letter_object(letter: Letter) -> Told:
    """One letter that was written."""
    return {
        "holder": letter.holder,
        "name": letter.name or None,
        "subjects": list(letter.subjects),
        "kinds": list(letter.kinds),
    }


def _need_object(need: NeedState, now: datetime) -> Told:
    return {
        "kind": need.kind,
        "must": need.need.must,
        "holder": need.holder,
        "sources": list(need.sources),
        "lacking": need.is_lacking,
        "status": None if need.exchange is None else need.exchange.status(now).value,
    }


def _at(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat().replace("+00:00", "Z")
