# SPDX-License-Identifier: Apache-2.0
"""Waves: what a named person releases, written and journalled before the first notice can leave.

A wave holds whoever no notice was released for yet, and those of whom other facts are known since. Nothing is
in the outbox that no release of the journal covers; a text that was changed since is released again, or not
sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final
from uuid import uuid4

import msgspec
import pyarrow as pa

from tocsin.core.errors import InputError, MachineError
from tocsin.core.words import _
from tocsin.journal.chain import Json
from tocsin.notify.answers import apply_answers
from tocsin.notify.codes import make_code
from tocsin.notify.contacts import contacts_of
from tocsin.notify.content import content_digest, refuse_incomplete, texts_of
from tocsin.notify.genuine.keys import signing_key
from tocsin.notify.moved import READS, find_next_wave
from tocsin.notify.outbox import Outbox, State
from tocsin.notify.released import RELEASED, Release, releases
from tocsin.notify.run import run
from tocsin.notify.sms import refuse_unfit_sms
from tocsin.store.case import Case
from tocsin.store.query import load_query

PUBLIC: Final = "notify:public:issued"
UNCERTAIN: Final = "notify:uncertain:decided"

_BATCH: Final = 65_536
_STATES: Final = {"none": State.NO_ROUTE, "suppressed": State.SUPPRESSED}


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
    refuse_unfit_sms(case.settings.notify)
    signing_key(case)
    _refuse_nameless_controllers(case)
    before, content = releases(case), content_digest(case)
    wave = 1 + max((one.wave for one in before), default=0)
    channels, reasons = _write_wave(case, wave)
    if not channels:
        if not before or before[-1].content == content:
            raise InputError(
                _("There is nobody to tell who has not been told."),
                do=_("See: tocsin notify CASE status"),
                code="nobody",
            )
        wave, channels, reasons = before[-1].wave, before[-1].channels, before[-1].reasons
    body: dict[str, Json] = {
        "wave": wave,
        "persons": sum(channels.values()),
        "channels": dict(channels),
        "reasons": dict(reasons),
        "content": content,
        "contacts": list[Json](contacts_of(case)),
        "language": case.settings.notify.language,
        "why": why.strip(),
    }
    case.journal.append(RELEASED, body, by=str(named))
    return releases(case)[-1]


def fill_outbox(case: Case, outbox: Outbox) -> None:
    """Put every released wave in, what was answered since taken account of; what was done of it stays."""
    for wave in sorted({one.wave for one in releases(case)}):
        outbox.fill(wave, _rows(case, wave))
    for entry in case.journal.entries():
        if entry.kind == PUBLIC:
            outbox.publish(msgspec.convert(entry.body["waves"], list[int]))
    apply_answers(case, outbox)


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


def _write_wave(case: Case, wave: int) -> tuple[dict[str, int], dict[str, int]]:
    """Commit the notices of the next wave, with fresh codes. Returns persons by channel and by reason."""
    with case.stage("notify_wave", *READS) as stage:
        # What a release that died before its journal entry left behind was never released: its codes go.
        stage.engine.create("earlier", "select * from notices where wave < $wave", wave=wave)
        stage.engine.view("notices", "select * from earlier")
        persons = find_next_wave(case, stage.engine)
        if not persons:
            return {}, {}
        stage.engine.register("keys", _keys(case, persons))
        stage.engine.create("chosen", load_query("tocsin.notify", "wave_keys"), wave=wave)
        stage.engine.create("named", load_query("tocsin.notify", "wave_kinds"))
        stage.write("notices", "select * from earlier union all by name select * from named")
        stage.commit(f"wave {wave}")
        found = stage.engine.rows(load_query("tocsin.notify", "wave_reasons"))
    return _summed(found, 1), _summed(found, 0)


def _keys(case: Case, persons: int) -> pa.Table:
    """So many codes and message ids, drawn anew."""
    domain = case.settings.notify.email.from_.rpartition("@")[2] or "tocsin.invalid"
    return pa.table(
        {
            "place": pa.array(range(1, persons + 1), pa.int64()),
            "code": pa.array([make_code() for _ in range(persons)]),
            "message_id": pa.array([new_message_id(domain) for _ in range(persons)]),
        }
    )


def _summed(found: Sequence[tuple[object, ...]], column: int) -> dict[str, int]:
    sums: dict[str, int] = {}
    for row in found:
        sums[str(row[column])] = sums.get(str(row[column]), 0) + int(str(row[2]))
    return dict(sorted(sums.items()))


def new_message_id(domain: str) -> str:
    """RFC 5322, section 3.6.4; random: it tells nothing of anybody."""
    return f"<{uuid4().hex}@{domain}>"


def _rows(case: Case, wave: int) -> Iterator[tuple[int, str, str, str, str, str]]:
    with case.engine("notices") as engine:
        for batch in engine.stream(load_query("tocsin.notify", "released"), _BATCH, wave=wave):
            for row in batch.to_pylist():
                state = _STATES.get(row["channel"], State.QUEUED)
                yield row["person_id"], row["channel"], row["message_id"], state, row["reason"], row["kind"]


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
