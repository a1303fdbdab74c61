# SPDX-License-Identifier: Apache-2.0
"""What each page that the account opened shows: one question a page, the heaviest first; who vouches for "
"it."""

from __future__ import annotations

import re

from tocsin.core.errors import InputError
from tocsin.core.words import _, visible
from tocsin.report.codes import CATEGORIES
from tocsin.start.kept import Answer
from tocsin.start.reading import Screen
from tocsin.start.scene import Scene
from tocsin.start.screens import (
    CHOICES,
    MOST_ASKED,
    PERSON,
    RECORD,
    SEVERAL,
    Rule,
    is_static,
    proposal,
    rule_of,
    shown_template,
    whose,
)
from tocsin.start.steps_accounts import read_yes_no
from tocsin.start.talk import DONT_KNOW, Question, Step

_BLANK_NAMED = 8
_NOTHING = {"rien", "aucune", "nothing", "none", "0"}

ACTIONS = {
    "read": _("opening of {page}"),
    "list": _("list at {page}"),
    "search": _("search at {page}"),
    "create": _("sending to {page}"),
    "update": _("change at {page}"),
    "delete": _("deletion at {page}"),
    "export": _("export from {page}"),
    "download": _("download from {page}"),
}


class Blank(Step):
    """Pages whose path says that they show nobody's data."""

    key = "blank"

    def applies(self, scene: Scene) -> bool:
        return bool(scene.blank_screens())

    def question(self, scene: Scene) -> Question:
        pages = [visible(shown_template(screen)) for screen in scene.blank_screens()[:_BLANK_NAMED]]
        return Question(
            scene.words.text(
                _("These pages seem to show nothing about patients: {pages}. Is that so?"),
                pages=scene.words.listing(pages),
            ),
            scene.words.text(
                _("Sign-in, home page and the like count nobody. If one of them shows a patient, answer no.")
            ),
            default="yes",
            shown=scene.words.text(_("yes")),
        )

    def take(self, scene: Scene, text: str) -> Answer:
        del scene
        return read_yes_no(text)


class Whose(Step):
    """Whose a page's number is, where neither the list nor the path tells."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.key = f"whose-{number + 1}"

    def applies(self, scene: Scene) -> bool:
        screen = _screen(scene, self.number)
        if screen is None or screen.names_person or not screen.segments:
            return False
        return whose(screen, scene.listed(screen)) is None and proposal(screen) != ()

    def question(self, scene: Scene) -> Question:
        screen = _screen(scene, self.number)
        assert screen is not None  # noqa: S101  # `applies` saw it
        return Question(
            scene.words.text(
                _("In {page}, what is the number ‹{n}›?"),
                page=visible(shown_template(screen)),
                n=len(screen.segments),
            ),
            scene.words.text(
                _("It decides whether the log itself tells whose data were shown, or only that some were.")
            ),
            options=[
                (PERSON, scene.words.text(_("the number of a patient's file"))),
                (
                    RECORD,
                    scene.words.text(_("the number of one patient's document, appointment or the like")),
                ),
                (SEVERAL, scene.words.text(_("something else: a date, a page of a list"))),
            ],
        )


class Page(Step):
    """What a page shows."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.key = f"page-{number + 1}"

    def applies(self, scene: Scene) -> bool:
        return _screen(scene, self.number) is not None

    def question(self, scene: Scene) -> Question:
        screen = _screen(scene, self.number)
        assert screen is not None  # noqa: S101  # `applies` saw it
        proposed = proposal(screen)
        numbers = " ".join(str(CHOICES.index(category) + 1) for category in proposed or ())
        text = scene.words.text
        lines = [
            text(
                _("Page {at} of {all} that the account opened: {what}. What does it show?"),
                at=self.number + 1,
                all=len(scene.asked_screens()),
                what=_described(scene, screen),
            ),
            *_choice_lines(scene),
            "   " + text(_("Type the numbers, as: 1 3 6. Or 'nothing' if it shows nothing about patients.")),
        ]
        return Question(
            "\n".join(lines),
            text(
                _(
                    "The log says which page was opened, not what stands on it. If in doubt, open that page "
                    "on a test patient and look. Without an answer these accesses stay unresolved, and the "
                    "count has no upper bound; 'tocsin catalogue learn' comes back to it."
                )
            ),
            default=DONT_KNOW if proposed is None else (numbers or "nothing"),
            shown=text(_("I do not know")) if proposed is None else (numbers or text(_("nothing"))),
        )

    def take(self, scene: Scene, text: str) -> Answer:
        screen = _screen(scene, self.number)
        assert screen is not None  # noqa: S101  # `applies` saw it
        chosen = _categories(text)
        found = whose(screen, scene.listed(screen)) if screen.segments else None
        rule = rule_of(
            screen, chosen, found[0] if found else None, scene.kept.word(f"whose-{self.number + 1}")
        )
        return {
            "source": rule.source,
            "action": rule.action,
            "object": rule.object or "",
            "object_type": rule.object_type or "",
            "categories": " ".join(rule.categories),
        }


class Verified(Step):
    """Who looked at these pages."""

    key = "verified"

    def applies(self, scene: Scene) -> bool:
        return any(scene.kept.table(f"page-{number + 1}") for number in range(MOST_ASKED))

    def question(self, scene: Scene) -> Question:
        return Question(
            scene.words.text(_("Have you checked these pages yourself, for instance on a test patient?")),
            scene.words.text(
                _(
                    "If so, the description of the pages bears your name, and 'these data were not shown' "
                    "can "
                    "be proven on it. If not, it is at best 'not observed', until somebody checks."
                )
            ),
            default="no",
            shown=scene.words.text(_("no")),
        )

    def take(self, scene: Scene, text: str) -> Answer:
        del scene
        return read_yes_no(text)


def rules(scene: Scene) -> list[Rule]:
    """The catalogue that the answers make, with what shows nobody's data by its very kind."""
    found = []
    for number in range(MOST_ASKED):
        held = scene.kept.table(f"page-{number + 1}")
        if held:
            found.append(
                Rule(
                    held["source"],
                    held["action"],
                    held["object"] or None,
                    held["object_type"] or None,
                    tuple(held["categories"].split()),
                )
            )
    silent = [screen for screen in scene.screens() if is_static(screen)]
    if scene.kept.answers.get("blank") is True:
        silent += scene.blank_screens()
    return [*found, *(rule_of(screen, (), None) for screen in silent)]


def _screen(scene: Scene, number: int) -> Screen | None:
    asked = scene.asked_screens()
    return asked[number] if number < len(asked) else None


def _described(scene: Scene, screen: Screen) -> str:
    page = visible(shown_template(screen))
    said = scene.words.text(ACTIONS[screen.action], page=page) if screen.action in ACTIONS else page
    times = scene.words.plural("{n} time", "{n} times", screen.events)
    parts = [f"{said}, {times}"]
    if screen.segments:
        parts.append(scene.words.plural("{n} different number", "{n} different numbers", screen.distinct))
        listed = max(scene.listed(screen).values(), default=0)
        if listed:
            parts.append(scene.words.text(_("{n} of them in your list of patients"), n=listed))
    return ", ".join(parts)


def _choice_lines(scene: Scene) -> list[str]:
    labels = [
        f"{number:>2} {scene.words.text(CATEGORIES[category])}" for number, category in enumerate(CHOICES, 1)
    ]
    rows = (len(labels) + 2) // 3
    width = max(map(len, labels)) + 2
    return [
        "   " + "".join(f"{label:<{width}}" for label in labels[row::rows]).rstrip() for row in range(rows)
    ]


def _categories(text: str) -> list[str]:
    asked = text.strip().lower()
    if asked in _NOTHING:
        return []
    numbers = re.findall(r"\d+", asked)
    if not numbers or re.sub(r"[\d\s,;.]|et|and", "", asked):
        raise InputError(
            _("Type numbers from the list, or 'nothing'."),
            do=_("If you do not know, type: don't know."),
            code="bad_choice",
        )
    if any(not 1 <= int(number) <= len(CHOICES) for number in numbers):
        raise InputError(_("Choose by its number, from 1 to {n}."), code="bad_choice", n=len(CHOICES))
    return [CHOICES[at] for at in sorted({int(number) - 1 for number in numbers})]


STEPS: tuple[Step, ...] = (
    Blank(),
    *(step for number in range(MOST_ASKED) for step in (Whose(number), Page(number))),
    Verified(),
)
