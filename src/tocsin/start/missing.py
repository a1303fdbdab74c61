# SPDX-License-Identifier: Apache-2.0
"""What each input that is not there would add, measured on this very case where it can be.

Said after the first count, so that people know what to fetch first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tocsin.core.words import _, visible
from tocsin.start.scene import Scene
from tocsin.start.screens import MOST_ASKED


@dataclass(frozen=True, slots=True)
class Missing:
    """One input: what it would add, and what brings it."""

    code: str
    text: str


def missing_inputs(scene: Scene, report: Mapping[str, object]) -> list[Missing]:
    """What would make the count better, the most useful first."""
    return [
        *_logs(scene),
        *_accounts(scene, report),
        *_pages(scene, report),
        *_list(scene, report),
        *_directory(scene),
        *_signature(scene, report),
        *_custody(scene),
    ]


def _logs(scene: Scene) -> Iterator[Missing]:
    say = scene.words.text
    if not scene.kept.word("logs"):
        yield Missing(
            "no_logs",
            say(
                _(
                    "No log: nothing can be counted. The publisher or the host has them; they are often "
                    "erased "
                    "after some days. Ask today, in writing."
                )
            ),
        )
        return
    unknown = scene.files().unknown
    if unknown:
        yield Missing(
            "unknown_files",
            scene.words.plural(
                "{n} file is not recognised ({name}): its acts, if it is a log, are in no count.",
                "{n} files are not recognised ({name}…): their acts, if they are logs, are in no count.",
                len(unknown),
                name=visible(unknown[0].name),
            ),
        )


def _accounts(scene: Scene, report: Mapping[str, object]) -> Iterator[Missing]:
    if not scene.has_events() or scene.kept.texts("accounts"):
        return
    proposed = [row for row in _rows(report, "accounts") if row.get("verdict") == "doubtful"]
    if proposed:
        yield Missing(
            "no_account",
            scene.words.plural(
                "No account is named. Tocsin proposes {n}; decide on it: tocsin decide.",
                "No account is named. Tocsin proposes {n}; decide on each: tocsin decide.",
                len(proposed),
            ),
        )
    else:
        yield Missing(
            "no_account",
            scene.words.text(
                _(
                    "No account is named, and none stands out: without one nothing is in scope. An "
                    "account, or "
                    "an address, from the publisher or the authorities changes that."
                )
            ),
        )


def _pages(scene: Scene, report: Mapping[str, object]) -> Iterator[Missing]:
    asked = scene.asked_screens()
    unanswered = [
        screen
        for number, screen in enumerate(asked[:MOST_ASKED])
        if not scene.kept.table(f"page-{number + 1}")
    ]
    rest = scene.screens()[len(asked) :] if len(asked) == MOST_ASKED else []
    events = sum(screen.events for screen in (*unanswered, *rest))
    if not events:
        return
    numbers = max((screen.distinct for screen in unanswered if screen.segments), default=0)
    yield Missing(
        "no_pages",
        scene.words.text(
            _(
                "{events} accesses are to pages that nobody has described, to {numbers} different numbers: "
                "they "
                "are counted as unresolved. Saying what these pages show gives the number of persons and the "
                "kinds of data."
            ),
            events=events,
            numbers=numbers,
        ),
    )
    del report


def _list(scene: Scene, report: Mapping[str, object]) -> Iterator[Missing]:
    if not scene.has_events():
        return
    if not scene.kept.word("patients"):
        yield Missing(
            "no_list",
            scene.words.text(
                _(
                    "Without the list of patients: {n} file numbers are counted, their names unknown. With "
                    "it: "
                    "persons counted once each, and a letter to each becomes possible."
                ),
                n=_best(report),
            ),
        )
        return
    absent = report.get("not_in_registry")
    if isinstance(absent, int) and absent * 2 > _best(report):
        yield Missing(
            "other_list",
            scene.words.text(
                _(
                    "{n} numbers shown are not in your list of patients: it may be the list of another site, "
                    "or another column may hold the file number (case.toml, [registries.columns])."
                ),
                n=absent,
            ),
        )
    elif isinstance(absent, int) and absent:
        yield Missing(
            "old_list",
            scene.words.plural(
                "{n} number shown is not in your list of patients: a newer list would name it.",
                "{n} numbers shown are not in your list of patients: a newer list would name them.",
                absent,
            ),
        )


def _directory(scene: Scene) -> Iterator[Missing]:
    if scene.has_events() and not scene.kept.word("directory"):
        yield Missing(
            "no_directory",
            scene.words.text(
                _(
                    "Without the list of accounts, an account that acts after its owner left goes unseen "
                    "({n} accounts act in these logs)."
                ),
                n=len(scene.accounts()),
            ),
        )


def _signature(scene: Scene, report: Mapping[str, object]) -> Iterator[Missing]:
    weak = sum(row.get("grade") == "not_observed" for row in _rows(report, "claims"))
    if weak and scene.kept.answers.get("verified") is not True:
        yield Missing(
            "no_signature",
            scene.words.plural(
                "{n} statement of absence stays 'not observed': once somebody has checked the pages and "
                "signed "
                "catalogue.toml, it can be proven.",
                "{n} statements of absence stay 'not observed': once somebody has checked the pages and "
                "signed "
                "catalogue.toml, they can be proven.",
                weak,
            ),
        )


def _custody(scene: Scene) -> Iterator[Missing]:
    if scene.has_events():
        yield Missing(
            "no_custody",
            scene.words.text(
                _(
                    "Nobody has said who could have altered the logs. If the publisher or the host kept "
                    'them out of the intruder\'s reach, write custody = "outside" in case.toml: '
                    "absences are worth more."
                )
            ),
        )


def _rows(report: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    found = report.get(name)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _best(report: Mapping[str, object]) -> int:
    counts = report.get("counts")
    persons = counts.get("persons") if isinstance(counts, dict) else None
    best = persons.get("best") if isinstance(persons, dict) else 0
    return best if isinstance(best, int) else 0
