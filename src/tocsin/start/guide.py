# SPDX-License-Identifier: Apache-2.0
"""All questions in their order, from an empty folder to a counted case."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.core.errors import InputError
from tocsin.core.words import _, visible
from tocsin.pipeline import run_case
from tocsin.start import steps_case, steps_columns, steps_logs, steps_screens
from tocsin.start.scene import Scene
from tocsin.start.steps_accounts import STEPS as PERIOD
from tocsin.start.steps_accounts import Accounts
from tocsin.start.talk import Step, converse
from tocsin.start.written import write_case
from tocsin.store.case import Case

STEPS: tuple[Step, ...] = (
    *steps_case.STEPS,
    *steps_logs.STEPS,
    Accounts(),
    *steps_columns.DIRECTORY,
    *PERIOD,
    *steps_columns.STEPS,
    *steps_screens.STEPS,
)


def refuse_finished(scene: Scene) -> None:
    """Raise InputError where a case stands already."""
    if (scene.folder / "case.toml").exists():
        raise InputError(
            _("There is a case here already."),
            do=_("To count it again: tocsin run {folder}. For a new one: tocsin start <another folder>."),
            where=scene.folder,
            code="case_exists",
            folder=visible(str(scene.folder)),
        )


def welcome(scene: Scene, steps: Sequence[Step] = STEPS) -> None:
    """Say how it works, or where it was left."""
    say, text = scene.face.say, scene.words.text
    kept = sum(step.key in scene.kept for step in steps)
    if kept:
        scene.face.title(
            scene.words.plural(
                "Going on where you were: {n} answer is kept in {folder}.",
                "Going on where you were: {n} answers are kept in {folder}.",
                kept,
                folder=visible(str(scene.folder)),
            )
        )
    else:
        scene.face.title(text(_("A few questions, one at a time; then a first count.")))
        say(
            text(
                _(
                    "The case is kept in {folder}. Nothing leaves this machine.",
                ),
                folder=visible(str(scene.folder)),
            )
        )
    say(
        text(
            _(
                "Enter takes the answer in brackets · ? why it is asked · don't know · < one question back · "
                "q leaves: nothing is lost."
            )
        )
    )


def ask_all(scene: Scene) -> None:
    """Ask what is not answered yet, then write the case. Raises PausedError when the person leaves."""
    converse(scene, STEPS)
    write_case(scene)


def count(scene: Scene) -> dict[str, object]:
    """Run the case that was written, and return report.json."""
    by = scene.kept.word("by") or scene.by
    with Case(scene.folder, by=by) as case, scene.face.progress() as progress:
        case.journal.append("store:case:made", {}, by=by)
        report, _outcome = run_case(case, progress)
    return report
