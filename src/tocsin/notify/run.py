# SPDX-License-Identifier: Apache-2.0
"""The stage: exposure and registry to recipients, each with one way of being told and the reason for it.

Nothing is sent from here. Every row of contact data is looked at before the first notice leaves; what is
wrong stands in `recipients.faults`, and no fault stops the others.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final

import msgspec
from babel import Locale

from tocsin.core.errors import InputError
from tocsin.core.settings.notify import NotifySettings
from tocsin.core.words import _, words
from tocsin.notify.answered import closed_answers, find_answered
from tocsin.notify.released import find_latest, released_waves
from tocsin.notify.suppressions import read_suppressions
from tocsin.notify.usurped import INPUTS, find_usurped
from tocsin.notify.usurped import READS as ACCOUNT_READS
from tocsin.store.case import Case, Stage
from tocsin.store.engine import Engine
from tocsin.store.query import Query, load_query

LEVELS: Final = {"floor": ["floor"], "best": ["floor", "best"], "ceiling": ["floor", "best", "ceiling"]}
"""Counts that a person may enter, for each answer to whom to inform."""

UNSEEN: Final = r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\x{FFFD}]+"
"""Controls, marks that turn text round, line separators: no name is printed with them."""

_NOBODY: Final = "select null::bigint as person_id, null::varchar as rule where false"
_READS: Final = ("exposure", "persons", "registry", "answers", "claims", "recipients", "notices")
_NOT_INPUTS: Final = ("claims", "recipients", "notices")
_SPLIT: Final = ("split_persons", "split_sessions", "disclosures", "judged", "suspects")


class Way(msgspec.Struct, frozen=True):
    """How many persons are told one way, for one reason."""

    channel: str
    reason: str
    rule: str | None
    persons: int
    kind: str = "person"
    """Which notice is theirs: person, professional or account."""


@dataclass(frozen=True, slots=True)
class Recipients:
    """Whom to inform, as numbers: `ways` add up to `to_inform`."""

    to_inform: int
    ways: tuple[Way, ...]
    faults: dict[str, int]
    """What is wrong with contact data, and for how many persons."""

    def by_channel(self) -> dict[str, int]:
        """Persons of each channel."""
        found: dict[str, int] = {}
        for way in self.ways:
            found[way.channel] = found.get(way.channel, 0) + way.persons
        return found


def run(case: Case) -> Recipients:
    """Write `recipients`, unless it stands for the same inputs already.

    Raises InputError before the case has been run, and for a suppression list that cannot be read.
    """
    if not case.has("exposure"):
        raise InputError(
            _("The case has not been run: nobody is known who would be told."),
            do=_("Run: tocsin run CASE"),
            where=case.folder,
            code="not_run",
        )
    rules = read_suppressions(case)
    reads = (*_READS, *(_SPLIT if case.has("split_persons") else ()))
    read = [*(name for name in reads if name not in _NOT_INPUTS), *INPUTS]
    waves = released_waves(case)
    told = f"{_settled(case)} {rules.digest} {waves} {closed_answers(case)}"
    inputs = case.digest_of(*read, also=told)
    if not case.stage_is_current("notify", inputs):
        with case.stage("notify", *dict.fromkeys((*reads, *ACCOUNT_READS))) as stage:
            rules.register(stage.engine)
            _route(stage, waves)
            stage.commit(inputs)
    return count(case)


def count(case: Case) -> Recipients:
    """The numbers of the committed table."""
    with case.engine("recipients") as engine:
        ways = tuple(
            Way(str(c), str(r), None if rule is None else str(rule), int(str(n)), str(kind))
            for kind, c, r, rule, n in engine.rows(_query("ways"))
        )
        faults = {str(fault): int(str(n)) for fault, n in engine.rows(_query("fault_counts"))}
    return Recipients(sum(way.persons for way in ways), ways, faults)


def _route(stage: Stage, waves: list[int]) -> None:
    """Those to inform; then, the same way, those who were told and are to inform no more."""
    engine, settings, zone = stage.engine, stage.case.settings.notify, stage.case.settings.case.zone
    find_answered(stage.case, engine)
    is_split = stage.case.has("split_persons")
    engine.create("split_standing", _query("split_standing") if is_split else _NOBODY)
    engine.create("told_persons", _query("told"), levels=LEVELS[settings.inform], zone=zone)
    find_usurped(stage.case, engine)
    engine.create("told", _query("told_with_accounts"))
    at = _awareness(stage.case, engine)
    _write_ways(stage, "recipients", at)
    find_latest(engine, waves)
    engine.create("withdrawn_told", _query("withdrawn_told"))
    engine.create("told", "select * from withdrawn_told")
    if engine.count("select count(*) from told"):
        _write_ways(stage, "withdrawn", at)
    else:
        stage.keep("withdrawn", ())


def _write_ways(stage: Stage, table: str, at: datetime | None) -> None:
    """One way for each person of `told`."""
    engine, settings = stage.engine, stage.case.settings.notify
    engine.create("files_told", _query("files_told"))
    engine.create("standing", _query("standing"), at=at, unseen=UNSEEN)
    engine.create("contacts", _query("contacts"))
    engine.create("standing", _query("standing_of_accounts"), unseen=UNSEEN)
    engine.create("contacts", _query("contacts_of_accounts"))
    uses_sms = settings.sms.use
    engine.create("pieces", _query("pieces"), countries=countries(), unseen=UNSEEN, uses_sms=uses_sms)
    for step in ("reached", "shared_mailboxes", "shared_phones", "suppressed"):
        engine.create(step, _query(step))
    for spent in ("files_told", "contacts", "pieces"):
        engine.drop(spent)
    representatives = words(settings.language).text(_("To the legal representatives of"))
    engine.create("wrapped", _query("wrapped"), representatives=representatives)
    stage.write(
        table,
        _query("recipients"),
        prefers_post=settings.prefer == "post",
        most=settings.mailbox_persons,
        uses_sms=uses_sms,
    )


def _awareness(case: Case, engine: Engine) -> datetime | None:
    """The day by which people are of age: of awareness, else of the last act; never the machine's."""
    known = case.settings.case.became_aware_at
    if known is not None:
        return known
    last = engine.value("select max(last_at) from told")
    return last if isinstance(last, datetime) else None


def _settled(case: Case) -> str:
    """What the choice of ways rests on in case.toml."""
    settings: NotifySettings = case.settings.notify
    chosen = (
        *(settings.inform, settings.language, settings.prefer, settings.mailbox_persons, settings.sms.use),
        *(one.name for one in case.settings.registries if one.professionals),
    )
    rules = msgspec.json.encode([settings.suppress, settings.professionals])
    return hashlib.sha256(f"{chosen} {case.settings.case.became_aware_at}".encode() + rules).hexdigest()


@cache
def countries() -> list[str]:
    """Names of countries in French and English, upper case without accents, as a last line has them."""
    with_names = (Locale("fr").territories, Locale("en").territories)
    names = {str(name) for names in with_names for code, name in names.items() if len(code) == 2}
    return sorted({_plain(name) for name in names})


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name)
    return "".join(c for c in folded if not unicodedata.combining(c)).upper()


def _query(name: str) -> Query:
    return load_query("tocsin.notify", name)
