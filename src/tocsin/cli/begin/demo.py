# SPDX-License-Identifier: Apache-2.0
"""`tocsin demo`: an incident written again, run to the end, each expected figure beside the one found."""

from __future__ import annotations

import re
import shutil
import tempfile
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from tocsin.cli.count.stages import record_decision, show_report
from tocsin.cli.frame.options import answering, open_case, output_of, writing
from tocsin.cli.frame.output import Bars, Output
from tocsin.cli.frame.results import questions_of
from tocsin.core.errors import InputError
from tocsin.core.plugins import load_plugins
from tocsin.core.words import Words, _, visible
from tocsin.first.look import first_act
from tocsin.pipeline import run_case
from tocsin.replays.interface import Outcome, Replay
from tocsin.report.codes import GRADES, VERDICTS

_LARGEST_SCALE = 10
_SAID = GRADES | VERDICTS
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


def _scale(_context: click.Context, _option: click.Parameter, scale: float) -> float:
    if not 0 < scale <= _LARGEST_SCALE:  # not even a NaN
        raise click.BadParameter(f"0 < SCALE <= {_LARGEST_SCALE}")
    return scale


@click.command()
@click.argument("incident", default="R5")
@click.option("--scale", default=0.01, show_default=True, callback=_scale, help="1 is life size.")
@click.option("--variant", default="", help="Another way that it can have happened.")
@click.option(
    "--to", "folder", type=click.Path(path_type=Path), help="Where to write it (else ./tocsin-demo-R5)."
)
@click.option("--keep", is_flag=True, help="Use the logs that are already there.")
@answering
@writing
@click.pass_context
def demo(
    context: click.Context,
    incident: str,
    scale: float,
    variant: str,
    folder: Path | None,
    keep: bool,
    as_json: bool,
    lang: str | None,
    by: str | None,
) -> None:
    """Write a replay of a public incident and run it to the end.

    The case starts without a suspect. Tocsin proposes one; the demonstration then plays the security officer,
    who decides, and runs the case again: the two counts are shown.

    \b
    Example:
      tocsin demo
      tocsin demo R5 --scale 1 --to /srv/r5
    """
    output = output_of(context, as_json=as_json, lang=lang)
    replay = _replay(incident)
    home = folder or Path(f"tocsin-demo-{replay.name}")
    case, truth = home / "case", home / "truth"
    with Bars(output) as bars:
        bars("writing", 0, 1)
        _write(replay, case, truth, scale, variant, is_default=folder is None, keep=keep)
        bars("writing", 1, 1)
        with open_case(case, by) as opened:
            report, _ran = run_case(opened, bars)
    if _decide_proposed(output, replay, case, by, report):
        with Bars(output) as bars, open_case(case, by) as opened:
            report, _ran = run_case(opened, bars)
    show_report(output, report, case)
    with Bars(output) as bars, open_case(case, by) as opened:
        further = replay.go_on(opened, bars)
    outcomes = replay.compare({**report, **further}, truth)
    _show_outcomes(output, outcomes, opened.settings.case.zone)
    missed = sum(not outcome.agrees for outcome in outcomes)
    output.done(
        "demo", report, exit_code=1 if missed else 0, case=str(case), open_questions=questions_of(report)
    )


def _replay(name: str) -> Replay:
    replays = load_plugins("tocsin.replays", Replay)  # type: ignore[type-abstract]
    found = replays.get(name.lower()) or replays.get(name.upper())
    if found is None:
        raise InputError(
            _("There is no replay '{name}'."),
            do=_("Known: {known}."),
            code="unknown_replay",
            name=name,
            known=", ".join(replays),
        )
    return found()


def _write(
    replay: Replay, case: Path, truth: Path, scale: float, variant: str, *, is_default: bool, keep: bool
) -> None:
    if keep and (case / "case.toml").exists():
        return
    if is_default and (case / "case.toml").exists():
        # The default folder is the demonstration's own: it is written anew each time.
        shutil.rmtree(case.parent)
    if case.exists() or truth.exists():
        raise InputError(
            _("There is a case here already."),
            do=_("Choose another folder, or use it with --keep."),
            where=case.parent,
            code="case_exists",
        )
    case.parent.mkdir(parents=True, exist_ok=True)
    # A demonstration cut short must not leave half a case that the next one would take for whole.
    with tempfile.TemporaryDirectory(prefix=".writing-", dir=case.parent) as half:
        replay.write(Path(half) / "case", scale, Path(half) / "truth", variant)
        (Path(half) / "case").replace(case)
        (Path(half) / "truth").replace(truth)


def _decide_proposed(
    output: Output, replay: Replay, case: Path, by: str | None, report: dict[str, object]
) -> bool:
    """Play the officer: hold each proposed account for illegitimate. Whether there was one."""
    accounts = report.get("accounts")
    counts = report.get("counts")
    proposed = [
        row
        for row in (accounts if isinstance(accounts, list) else [])
        if row.get("verdict") == "doubtful" and float(row.get("p") or 0) >= replay.decides_from
    ]
    for row in proposed:
        account = str(row["account"])
        persons = counts["persons"] if isinstance(counts, dict) else {}
        output.say(
            output.words.text(
                _(
                    "Found without being told: the account {account}. "
                    "Before a decision: {floor} persons at least, {best} most likely."
                ),
                account=visible(account),
                floor=output.words.number(persons["floor"]),
                best=output.words.number(persons["best"]),
            )
        )
        output.say(
            output.words.text(
                _("The demonstration plays the security officer, who holds it for illegitimate.")
            )
        )
        output.say()
        since = _first_act(case, by, account) if replay.decides_from == 1.0 else str(row["first_at"])
        record_decision(case, by, {"account": account}, "illegitimate", why=replay.decision, from_at=since)
    return bool(proposed)


def _first_act(case: Path, by: str | None, account: str) -> str | None:
    """From when on the account acted: a decision is about a period, and its gaps widen the ceiling."""
    with open_case(case, by) as opened:
        found = first_act(opened, account)
    return None if found is None else found.isoformat()


def _show_outcomes(output: Output, outcomes: list[Outcome], zone: str) -> None:
    if output.as_json:
        return
    say = output.words.text
    table = Table(title=say(_("Expected and found")), title_justify="left")
    for head in (_("Figure"), _("Expected"), _("Found"), ""):
        table.add_column(say(head) if head else "")
    for outcome in outcomes:
        wording = outcome.expected.fr if output.words.lang == "fr" else outcome.expected.en
        mark = "✓" if outcome.agrees else "✗"
        pair = (outcome.expected.value, outcome.found)
        # Where they differ, as they are: two instants of one minute would look the same.
        expected, found = (
            _shown(output.words, value, zone) if outcome.agrees else visible(str(value)) for value in pair
        )
        table.add_row(wording, expected, found, mark)
    Console().print(table)


def _shown(words: Words, value: object, zone: str) -> str:
    """A figure as people read it: numbers, instants and grades in words."""
    if isinstance(value, tuple):
        return " / ".join(_shown(words, one, zone) for one in value)
    if isinstance(value, (int, float)):
        return words.number(value) if isinstance(value, int) else words.share(value)
    text = str(value)
    if text in _SAID:
        return words.text(_SAID[text])
    return words.instant(datetime.fromisoformat(text), zone) if _INSTANT.match(text) else visible(text)
