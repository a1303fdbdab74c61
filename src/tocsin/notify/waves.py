# SPDX-License-Identifier: Apache-2.0
"""Waves: what a named person releases, written and journalled before the first notice can leave.

A wave holds whoever no notice was released for yet, and those of whom other facts are known since. Nothing is
in the outbox that no release of the journal covers; a text that was changed since is released again, or not
sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from uuid import uuid4

import msgspec
import pyarrow as pa

from tocsin.core.errors import InputError, MachineError
from tocsin.core.words import _
from tocsin.journal.chain import Json
from tocsin.notify.codes import make_code
from tocsin.notify.content import content_digest, refuse_incomplete, texts_of
from tocsin.notify.genuine.contacts import contacts_of
from tocsin.notify.genuine.keys import signing_key
from tocsin.notify.outbox import Outbox, State
from tocsin.notify.run import run
from tocsin.store.case import Case
from tocsin.store.query import load_query

RELEASED: Final = "notify:wave:released"
PUBLIC: Final = "notify:public:issued"
UNCERTAIN: Final = "notify:uncertain:decided"

_BATCH: Final = 65_536
_STATES: Final = {"none": State.NO_ROUTE, "suppressed": State.SUPPRESSED}


class Release(msgspec.Struct, frozen=True):
    """One release, as the journal has it."""

    wave: int
    persons: int
    channels: dict[str, int]
    content: str
    at: datetime
    by: str
    contacts: list[str] = []
    """Telephone numbers, mailboxes and sites that the notices of this release name."""


def releases(case: Case) -> list[Release]:
    """All, oldest first; a wave whose text was released again has several."""
    return [
        msgspec.convert({**entry.body, "at": entry.at, "by": entry.by}, Release)
        for entry in case.journal.entries()
        if entry.kind == RELEASED
    ]


def release(case: Case, *, why: str, named: str | None) -> Release:
    """Release the next wave, or the text of those under way when that alone has changed.

    Raises InputError without a name, a reason or an element of the notice, and when there is nobody to tell.
    """
    if not (named or "").strip():
        raise InputError(
            _("A release is a named person's."), do=_("Say who releases it with --by."), code="no_name"
        )
    if not why.strip():
        raise InputError(_("A release needs its reason."), do=_("Say why with --why."), code="no_reason")
    recipients = run(case)
    refuse_incomplete(case, recipients)
    signing_key(case)
    _refuse_nameless_controllers(case)
    before, content = releases(case), content_digest(case)
    wave = 1 + max((one.wave for one in before), default=0)
    channels = _write_wave(case, wave)
    if not channels:
        if not before or before[-1].content == content:
            raise InputError(
                _("There is nobody to tell who has not been told."),
                do=_("See: tocsin notify CASE status"),
                code="nobody",
            )
        wave, channels = before[-1].wave, before[-1].channels
    body: dict[str, Json] = {
        "wave": wave,
        "persons": sum(channels.values()),
        "channels": dict(channels),
        "content": content,
        "contacts": list[Json](contacts_of(case)),
        "language": case.settings.notify.language,
        "why": why.strip(),
    }
    case.journal.append(RELEASED, body, by=str(named))
    return releases(case)[-1]


def fill_outbox(case: Case, outbox: Outbox) -> None:
    """Put every released wave in; what an earlier process did of it stays."""
    for wave in sorted({one.wave for one in releases(case)}):
        outbox.fill(wave, _rows(case, wave))
    for entry in case.journal.entries():
        if entry.kind == PUBLIC:
            outbox.publish(msgspec.convert(entry.body["waves"], list[int]))


def refuse_unreleased_text(case: Case) -> Release:
    """The release that holds. Raises InputError without one, or when the words have changed since."""
    before = releases(case)
    if not before:
        raise InputError(
            _("No wave was released."),
            do=_("Look at it with `tocsin notify CASE preview`, then release it."),
            code="not_released",
        )
    if before[-1].content != content_digest(case):
        raise InputError(
            _("The words of the notice have changed since they were released."),
            do=_("Release them again, or put them back."),
            code="text_changed",
        )
    return before[-1]


def issue_public(case: Case, outbox: Outbox, *, where: str, why: str) -> int:
    """Journal that a public notice was issued (art. 34(3)(c)) for those without a way. Returns how many.

    Raises InputError without a place or a reason.
    """
    if not where.strip() or not why.strip():
        raise InputError(
            _("A public notice has its place and its reason."),
            do=_("Give --where and --why."),
            code="no_reason",
        )
    waves = sorted({one.wave for one in releases(case)})
    body: dict[str, Json] = {"waves": list(waves), "where": where.strip(), "why": why.strip()}
    case.journal.append(PUBLIC, body, by=case.by)
    return outbox.publish(waves)


def decide_uncertain(case: Case, outbox: Outbox, held: str, *, why: str) -> int:
    """Journal what a person holds of every uncertain notice. Returns how many. Raises InputError."""
    states = {"resend": State.QUEUED, "delivered": State.DELIVERED, "failed": State.FAILED}
    if held not in states or not why.strip():
        raise InputError(
            _("A decision on what is uncertain has its reason."),
            do=_("Say why with --why."),
            code="no_reason",
        )
    case.journal.append(UNCERTAIN, {"held": held, "why": why.strip()}, by=case.by)
    return outbox.decide_uncertain(states[held])


def _write_wave(case: Case, wave: int) -> dict[str, int]:
    """Commit the notices of the next wave, with fresh codes. Returns persons by channel; none when empty."""
    with case.stage("notify_wave", "recipients", "notices") as stage:
        # What a release that died before its journal entry left behind was never released: its codes go.
        stage.engine.create("earlier", "select * from notices where wave < $wave", wave=wave)
        stage.engine.view("notices", "select * from earlier")
        chosen = stage.engine.table(load_query("tocsin.notify", "wave"))
        if not chosen.num_rows:
            return {}
        domain = case.settings.notify.email.from_.rpartition("@")[2] or "tocsin.invalid"
        count = chosen.num_rows
        chosen = (
            chosen.append_column("wave", pa.array([wave] * count, pa.int64()))
            .append_column("code", pa.array([make_code() for _ in range(count)]))
            .append_column("message_id", pa.array([new_message_id(domain) for _ in range(count)]))
        )
        stage.engine.register("chosen", chosen)
        stage.write("notices", "select * from earlier union all by name select * from chosen")
        stage.commit(f"wave {wave}")
        found = stage.engine.rows("select channel, count(*) from chosen group by channel order by channel")
    return {str(channel): int(str(persons)) for channel, persons in found}


def new_message_id(domain: str) -> str:
    """RFC 5322, section 3.6.4; random: it tells nothing of anybody."""
    return f"<{uuid4().hex}@{domain}>"


def _rows(case: Case, wave: int) -> Iterator[tuple[int, str, str, str, str]]:
    with case.engine("notices") as engine:
        for batch in engine.stream(load_query("tocsin.notify", "released"), _BATCH, wave=wave):
            for row in batch.to_pylist():
                state = _STATES.get(row["channel"], State.QUEUED)
                yield row["person_id"], row["channel"], row["message_id"], state, row["reason"]


def _refuse_nameless_controllers(case: Case) -> None:
    """Raise InputError when the first line could not say through whom somebody is known."""
    if texts_of(case.settings.notify).known_as.strip():
        return
    with case.engine("recipients", "controllers") as engine:
        nameless = engine.count(load_query("tocsin.notify", "nameless"))
    if nameless:
        raise InputError(
            _("Through whom {persons} persons are known has no name."),
            do=_("Name the [[controllers]], or write known_as in [notify.fr] or [notify.en]."),
            where=case.folder / "case.toml",
            code="nameless_controller",
            persons=nameless,
        )


def check_balance(outbox: Outbox, case: Case) -> None:
    """Raise MachineError when the outbox lacks somebody whom a wave released, or has somebody more."""
    waves = {one.wave for one in releases(case)}
    with case.engine("notices") as engine:
        released = engine.count(load_query("tocsin.notify", "released_persons"), waves=sorted(waves))
    if released != outbox.persons():
        raise MachineError(
            _("The outbox holds {found} persons and {expected} were released."),
            do=_("Report it; nothing more is sent."),
            code="unbalanced",
            found=outbox.persons(),
            expected=released,
        )
