# SPDX-License-Identifier: Apache-2.0
"""The verb `clocks`: what is left until each deadline, and the decisions that set the clocks."""

from __future__ import annotations

from pathlib import Path

import click

from tocsin.cli.frame.case_group import CaseGroup
from tocsin.cli.frame.instants import now_or, read_instant
from tocsin.cli.frame.options import CASE, answering, open_case, output_of, writing
from tocsin.cli.frame.output import Output
from tocsin.core.errors import InputError
from tocsin.core.words import _, visible
from tocsin.declare.clocks import told
from tocsin.declare.clocks.conflicts import find_contradictions
from tocsin.declare.clocks.deadline import Deadline, Holds
from tocsin.declare.clocks.deadlines import Scene, all_deadlines, scene_of
from tocsin.declare.clocks.ics import calendar_of
from tocsin.declare.clocks.phrases import (
    contradiction_line,
    deadline_lines,
    history_lines,
    instant_phrase,
)
from tocsin.declare.clocks.record import (
    check_controller,
    record_anchor,
    record_capacity,
    record_met,
    record_term,
    record_withdrawal,
)
from tocsin.journal import Entry
from tocsin.store.case import Case

NOW = click.option("--now", help="Take this instant for now (ISO 8601 with its zone), else the machine's.")
AT = click.option("--at", required=True, help="When it happened (ISO 8601 with its zone).")
WHY = click.option("--why", required=True, help="On what basis, in words.")
CONTROLLER = click.option("--controller", help="For this controller alone: its id in case.toml.")


@click.group(cls=CaseGroup, invoke_without_command=True)
@CASE
@NOW
@CONTROLLER
@click.option("--ics", type=click.Path(path_type=Path), help="Also write the deadlines to this calendar.")
@answering
@click.pass_context
def clocks(
    context: click.Context,
    case: Path,
    now: str | None,
    controller: str | None,
    ics: Path | None,
    as_json: bool,
    lang: str | None,
) -> None:
    """Say what is left until each deadline, and decide what the clocks start with.

    \b
    Example:
      tocsin clocks my-case
      tocsin clocks my-case --ics deadlines.ics
      tocsin clocks my-case anchor --which controller_aware --at 2025-11-12T18:00:00+01:00 --why "Call"
    """
    context.meta["case"] = case
    if context.invoked_subcommand is not None:
        return
    output = output_of(context, as_json=as_json, lang=lang)
    with open_case(case, None, read_only=True) as opened:
        check_controller(opened, controller)
        scene = scene_of(opened, now_or(now), controller)
        _warn_of_organisation(output, scene)
        deadlines = all_deadlines(scene)
        if ics is not None:
            _write_calendar(output, opened, scene, deadlines, ics)
    _answer(output, case, scene, deadlines)


def _answer(output: Output, case: Path, scene: Scene, deadlines: list[Deadline]) -> None:
    """Exit 1 while acts contradict each other and nobody holds to them."""
    found = find_contradictions(scene)
    asked = [one for one in found if not one.accepted]
    words, rules, zone = output.words, scene.rules, scene.zone
    output.say(words.text(_("Now: {at}"), at=instant_phrase(words, scene.now, zone)))
    for line in deadline_lines(words, rules, zone, deadlines):
        output.say(line)
    if values := scene.acts.superseded():
        output.say()
        output.say(words.text(_("Values that were superseded, and those that hold now:")))
        for line in history_lines(words, rules, zone, values):
            output.say(f"  {line}")
    for one in found:
        output.say()
        output.say(contradiction_line(words, rules, zone, one))
    result: dict[str, object] = {
        "now": scene.now.isoformat().replace("+00:00", "Z"),
        "zone": zone,
        "organisation": scene.organisation,
        "deadlines": [told.deadline_object(one, zone) for one in deadlines],
        "anchors": told.history_objects(scene.acts),
        "contradictions": [told.contradiction_object(one) for one in found],
    }
    output.done(
        "clocks",
        result,
        exit_code=1 if asked else 0,
        case=str(case),
        open_questions=[told.contradiction_object(one) for one in asked],
    )


def _warn_of_organisation(output: Output, scene: Scene) -> None:
    """Without its kind, each clock that might bind is shown."""
    if scene.rules.organisation(scene.organisation) is not None:
        return
    known = ", ".join(one.id for one in scene.rules.organisations)
    text = output.words.text(
        _("What kind of organisation this is is not known: each clock is to be confirmed. Known: {known}."),
        known=known,
    )
    output.warn("unknown_organisation", text, "case.toml: organisation")


def _write_calendar(
    output: Output, case: Case, scene: Scene, deadlines: list[Deadline], target: Path
) -> None:
    name = case.settings.case.id
    text = calendar_of(output.words, name, deadlines, scene.acts)
    try:
        target.write_bytes(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise InputError(
            _("This file cannot be written: {problem}"),
            do=_("Check the path."),
            where=target,
            code="cannot_write",
            problem=error.strerror or type(error).__name__,
        ) from None
    output.say(output.words.text(_("The calendar: {path}"), path=visible(str(target))))
    output.say()


@clocks.command()
@click.option("--which", required=True, help="The act: processor_aware, controller_aware, attack_known…")
@AT
@WHY
@CONTROLLER
@click.option("--even-so", is_flag=True, help="Hold to it though it contradicts another act.")
@NOW
@answering
@writing
@click.pass_context
def anchor(
    context: click.Context,
    which: str,
    at: str,
    why: str,
    controller: str | None,
    even_so: bool,
    now: str | None,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Decide when an act happened that clocks start with; a later decision supersedes, and both are kept.

    \b
    Example:
      tocsin clocks my-case anchor --which controller_aware --at 2025-11-12T18:00:00+01:00 --why "Call"
    """
    output = output_of(context, as_json=as_json, lang=lang)
    case, moment = context.meta["case"], now_or(now)
    with open_case(case, by) as opened:
        entry = record_anchor(
            opened, which, at=read_instant(at), why=why, now=moment, controller=controller, even_so=even_so
        )
        scene = scene_of(opened, moment, controller)
    _recorded(output, case, scene, entry, "anchor")


@clocks.command()
@click.option("--clock", "clock", required=True, help="The clock: gdpr-33-initial, health-incident…")
@AT
@click.option("--receipt", required=True, help="The receipt: its number, or where it is kept.")
@CONTROLLER
@NOW
@answering
@writing
@click.pass_context
def met(
    context: click.Context,
    clock: str,
    at: str,
    receipt: str,
    controller: str | None,
    now: str | None,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Record that what a clock demands was done, with its receipt.

    \b
    Example:
      tocsin clocks my-case met --clock gdpr-33-initial --at 2025-11-14T09:00:00+01:00 --receipt "N° 123"
    """
    output = output_of(context, as_json=as_json, lang=lang)
    case, moment = context.meta["case"], now_or(now)
    with open_case(case, by) as opened:
        entry = record_met(
            opened, clock, at=read_instant(at), receipt=receipt, now=moment, controller=controller
        )
        scene = scene_of(opened, moment, controller)
    _recorded(output, case, scene, entry, "met")


@clocks.command()
@click.option("--which", required=True, help="The act, or the clock said to be done.")
@WHY
@CONTROLLER
@answering
@writing
@click.pass_context
def withdraw(
    context: click.Context,
    which: str,
    why: str,
    controller: str | None,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Take back an act, or that a clock was met; the journal keeps both.

    \b
    Example:
      tocsin clocks my-case withdraw --which gdpr-33-initial --why "The form was not sent"
    """
    output = output_of(context, as_json=as_json, lang=lang)
    case = context.meta["case"]
    with open_case(case, by) as opened:
        entry = record_withdrawal(opened, which, why=why, controller=controller)
        scene = scene_of(opened, now_or(None), controller)
    _recorded(output, case, scene, entry, "withdraw")


@clocks.command()
@click.option("--clock", "clock", required=True, help="A clock whose term is a contract's.")
@click.option("--hours", required=True, type=int, help="Hours that the contract or the policy sets.")
@WHY
@answering
@writing
@click.pass_context
def term(
    context: click.Context,
    clock: str,
    hours: int,
    why: str,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Enter the hours that a contract or an insurance policy sets.

    \b
    Example:
      tocsin clocks my-case term --clock processor-notice --hours 48 --why "Contract, article 12"
    """
    output = output_of(context, as_json=as_json, lang=lang)
    case = context.meta["case"]
    with open_case(case, by) as opened:
        entry = record_term(opened, clock, hours=hours, why=why)
        scene = scene_of(opened, now_or(None))
    _recorded(output, case, scene, entry, "term")


@clocks.command()
@click.option("--which", required=True, help="nis2_entity, insured, controller, hds_host…")
@click.option(
    "--holds", required=True, type=click.Choice([one.value for one in Holds]), help="Whether it is."
)
@WHY
@answering
@writing
@click.pass_context
def capacity(
    context: click.Context,
    which: str,
    holds: str,
    why: str,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Decide whether the organisation is what a law binds: a NIS2 entity, insured, a controller…

    \b
    Example:
      tocsin clocks my-case capacity --which nis2_entity --holds no --why "Below the thresholds"
    """
    output = output_of(context, as_json=as_json, lang=lang)
    case = context.meta["case"]
    with open_case(case, by) as opened:
        entry = record_capacity(opened, which, holds=Holds(holds), why=why)
        scene = scene_of(opened, now_or(None))
    _recorded(output, case, scene, entry, "capacity")


def _recorded(output: Output, case: Path, scene: Scene, entry: Entry, deed: str) -> None:
    """What was recorded; exit 1 when it now contradicts another act."""
    found = [one for one in find_contradictions(scene) if not one.accepted]
    output.say(output.words.text(_("Recorded in the journal, entry {number}."), number=entry.number))
    for one in found:
        output.say(contradiction_line(output.words, scene.rules, scene.zone, one))
    questions: list[object] = [told.contradiction_object(one) for one in found]
    output.done(
        f"clocks {deed}",
        {"entry": entry.number, "kind": entry.kind, "body": dict(entry.body)},
        exit_code=1 if found else 0,
        case=str(case),
        open_questions=questions,
    )
