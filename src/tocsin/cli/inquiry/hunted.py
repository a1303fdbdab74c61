# SPDX-License-Identifier: Apache-2.0
"""What `tocsin hunt` tells: in words, and as plain values. TLP markings stand first."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Final

from tocsin.core.words import Words, _, visible
from tocsin.hunt.commands import decide_commands
from tocsin.hunt.indicators import IndicatorFile, Kind
from tocsin.hunt.looking import Carried
from tocsin.hunt.run import Answer, Hunt, Status

LISTED: Final = 50

STATUSES: Final = {
    Status.SEEN: _("Seen:"),
    Status.PARTLY_SEEN: _("Seen in part (not all of its observations):"),
    Status.NOT_SEEN: _("Not seen, in sources that would show it:"),
    Status.CANNOT_BE_SEEN: _("Cannot be seen here (no source carries it, or not then):"),
}
WHY: Final = {
    "not_understood": _("not understood"),
    "not_in_logs": _("no log of the case holds such a thing"),
    "revoked": _("withdrawn by its author"),
    "deleted": _("deleted by its author"),
    "no_indicator": _("described, without being given as an indicator"),
    "bad_value": _("its value is none of its kind"),
    "bad_instant": _("its period cannot be read, or has no time zone"),
}
KINDS: Final = {
    Kind.ACCOUNT: _("accounts"),
    Kind.ACCOUNT_NAME: _("account names"),
    Kind.PROFESSIONAL_ID: _("professionals’ numbers"),
    Kind.EMAIL: _("e-mail addresses"),
    Kind.ADDRESS: _("network addresses"),
    Kind.PORT: _("ports"),
    Kind.SESSION: _("sessions"),
    Kind.DEVICE: _("devices"),
    Kind.CLIENT: _("client applications"),
    Kind.USER_AGENT: _("user agents"),
    Kind.FILE_NAME: _("file names"),
    Kind.SHA256: _("SHA-256 digests"),
    Kind.OBJECT: _("paths"),
}


def hunted_lines(words: Words, found: Hunt, case: str) -> list[str]:
    """One page in words."""
    lines = []
    if found.tlp is not None:
        lines += [
            words.text(_("{tlp}: show this on to those alone whom the marking allows."), tlp=found.tlp),
            "",
        ]
    for path, read in found.files:
        lines += _file_lines(words, visible(str(path)), read)
    for status in Status:
        answers = found.of(status)
        if answers:
            lines += ["", f"{words.text(STATUSES[status])} {words.number(len(answers))}"]
            for answer in answers[:LISTED]:
                lines += _answer_lines(words, answer, case)
            if len(answers) > LISTED:
                lines.append(words.text(_("  … and {n} more"), n=len(answers) - LISTED))
    unread = [one for _path, read in found.files for one in read.unread]
    if unread:
        lines += ["", words.text(_("Not looked for: {n}"), n=len(unread))]
        lines += [
            f"  {visible(one.name)}  {visible(one.what)[:120]}  ({words.text(WHY[one.why])})"
            for one in unread[:LISTED]
        ]
        if len(unread) > LISTED:
            lines.append(words.text(_("  … and {n} more"), n=len(unread) - LISTED))
    return lines


def _file_lines(words: Words, path: str, read: IndicatorFile) -> list[str]:
    lines = [
        words.text(
            _("{path} ({kind}): indicators looked for: {n}; not looked for: {unread}."),
            path=path,
            kind=read.kind,
            n=len(read.indicators),
            unread=len(read.unread),
        )
    ]
    if read.recognised:
        told = [f"{words.text(KINDS[Kind(kind)])} ({words.number(n)})" for kind, n in read.recognised.items()]
        lines.append(
            words.text(_("Without kinds in the file, taken for: {kinds}."), kinds=words.listing(told))
        )
    return lines


def _answer_lines(words: Words, answer: Answer, case: str) -> list[str]:
    one, hits = answer.indicator, answer.hits
    mark = f"  [{one.tlp}]" if one.tlp else ""
    lines = [f"  {visible(one.told)[:200]}{mark}"]
    if hits is not None:
        lines.append(
            "    "
            + words.text(
                _(
                    "{events} events ({outside} outside the scope), {accounts} accounts, {ids} local ids, "
                    "from {first} to {last} (UTC), in {sources}"
                ),
                events=hits.events,
                outside=hits.outside_scope,
                accounts=hits.accounts,
                ids=hits.local_ids,
                first=_told(hits.first_at),
                last=_told(hits.last_at),
                sources=words.listing(visible(source) for source in hits.sources),
            )
        )
        if hits.valid_events < hits.events:
            text = _("of these, {n} within the time that its author gives")
            lines.append("    " + words.text(text, n=hits.valid_events))
    if answer.files:
        lines.append("    " + words.text(_("the digest of {n} files read as evidence"), n=answer.files))
    if answer.status is Status.NOT_SEEN:
        lines += [f"    {_rest(words, row)}" for row in answer.rests_on]
    if any(test.doubtful_key for test in one.tests):
        lines.append("    " + words.text(_("the last digit of this number is not its key: check it")))
    if one.is_context:
        lines.append("    " + words.text(_("given by its author as context, not for detection")))
    lines += [
        "    " + words.text(_("left out of it: {path}"), path=visible(note.removeprefix("left_out:")))
        for note in one.notes
        if note.startswith("left_out:")
    ]
    return lines + [f"    {command}" for command in decide_commands(answer, case)]


def _rest(words: Words, row: Carried) -> str:
    return words.text(
        _("{source}: {filled} of {events} events carry {kind}, from {first} to {last} (UTC)"),
        source=visible(row.source),
        filled=row.filled,
        events=row.events,
        kind=words.text(KINDS[row.kind]),
        first=_told(row.first_at),
        last=_told(row.last_at),
    )


def hunted_result(found: Hunt, case: str) -> dict[str, object]:
    """The same, as plain values."""
    counts = Counter(answer.status.value for answer in found.answers)
    return {
        "tlp": found.tlp,
        "files": [
            {
                "path": str(path),
                "kind": read.kind,
                "tlp": read.tlp,
                "indicators": len(read.indicators),
                "recognised": read.recognised,
                "unread": [{"name": one.name, "what": one.what, "why": one.why} for one in read.unread],
            }
            for path, read in found.files
        ],
        "counts": {status.value: counts[status.value] for status in Status},
        "indicators": [_answer(answer, case) for answer in found.answers],
    }


def open_indicators(found: Hunt) -> list[object]:
    """What a person has to look at."""
    seen: list[object] = [
        {
            "code": "indicator_seen",
            "values": {"indicator": answer.indicator.name, "events": answer.hits.outside_scope},
        }
        for answer in found.answers
        if answer.hits is not None and answer.hits.outside_scope
    ]
    unread = sum(len(read.unread) for _path, read in found.files)
    return [*seen, {"code": "indicators_unread", "values": {"count": unread}}] if unread else seen


def _answer(answer: Answer, case: str) -> dict[str, object]:
    one, hits = answer.indicator, answer.hits
    return {
        "name": one.name,
        "indicator": one.told,
        "kinds": sorted({test.kind.value for test in one.tests}),
        "values": [test.value for test in one.tests],
        "from": _instant(one.from_at),
        "until": _instant(one.until_at),
        "valid_from": _instant(one.valid_from),
        "valid_until": _instant(one.valid_until),
        "tlp": one.tlp,
        "is_context": one.is_context,
        "doubtful_key": any(test.doubtful_key for test in one.tests),
        "notes": list(one.notes),
        "status": answer.status.value,
        "events": hits.events if hits else 0,
        "valid_events": hits.valid_events if hits else 0,
        "outside_scope": hits.outside_scope if hits else 0,
        "accounts": hits.accounts if hits else 0,
        "account_names": [{"account": account, "events": events} for account, events in answer.accounts],
        "addresses": [{"address": address, "events": events} for address, events in answer.addresses],
        "local_ids": hits.local_ids if hits else 0,
        "first_at": _instant(hits.first_at) if hits else None,
        "last_at": _instant(hits.last_at) if hits else None,
        "sources": list(hits.sources) if hits else [],
        "files": answer.files,
        "rests_on": [
            {
                "source": row.source,
                "kind": row.kind.value,
                "events": row.events,
                "filled": row.filled,
                "first_at": _instant(row.first_at),
                "last_at": _instant(row.last_at),
            }
            for row in answer.rests_on
        ],
        "decide": decide_commands(answer, case),
    }


def _instant(value: object) -> str | None:
    return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if isinstance(value, datetime) else None


def _told(value: object) -> str:
    return _instant(value) or "…"
