# SPDX-License-Identifier: Apache-2.0
"""The conversation: one question at a time, kept as it is answered, with a way back and a way out.

Each step is asked once; one whose answer is kept is passed over, so that a conversation that was cut goes on
where it was.
"""

from __future__ import annotations

import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from tocsin.core.errors import InputError
from tocsin.core.words import _, visible
from tocsin.start.face import NoMoreAnswersError
from tocsin.start.kept import Answer
from tocsin.start.scene import Scene

DONT_KNOW = ""
"""What is kept where nobody knows."""

WIDTH = 96
_BACK = {"<", "retour", "precedent", "precedente", "back"}
_LEAVE = {"q", "quitter", "quit", "stop", "exit"}
_UNKNOWN = {
    "je ne sais pas",
    "ne sait pas",
    "nsp",
    "jsp",
    "jnsp",
    "i don't know",
    "don't know",
    "idk",
    "dk",
    "unknown",
}
_WHY = {"?", "pourquoi", "pourquoi ?", "why", "aide", "help"}


class PausedError(Exception):
    """The person left; what was answered is kept."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and why."""

    text: str
    why: str
    default: str | None = None
    """What Enter gives; None: nothing is taken for granted."""

    shown: str = ""
    """The default in words, when it is not what one would type."""

    options: Sequence[tuple[str, str]] = ()
    """(value, label): one is chosen by its number."""


class Step(ABC):
    """One question."""

    key: str
    may_skip = True
    """« Je ne sais pas » is an answer."""

    def applies(self, scene: Scene) -> bool:
        """Whether it is asked at all, given what was answered before."""
        del scene
        return True

    @abstractmethod
    def question(self, scene: Scene) -> Question:
        """The question, in the person's language."""

    def take(self, scene: Scene, text: str) -> Answer:
        """The answer that a text gives. Raises InputError, which is told, and the question asked again."""
        del scene
        return text

    def tell(self, scene: Scene) -> None:  # noqa: B027  # most steps have nothing to tell
        """What the answer makes known at once."""


class AskAgainError(Exception):
    """The answer was of use, and the same question is to be put again."""


def converse(scene: Scene, steps: Sequence[Step]) -> None:
    """Ask all that is not answered yet. Raises PausedError when the person leaves or the input ends."""
    at = 0
    while at < len(steps):
        step = steps[at]
        if step.key in scene.kept or not step.applies(scene):
            at += 1
            continue
        number = sum(one.key in scene.kept for one in steps) + 1
        if _ask(scene, step, number):
            at += 1
        else:
            at = _before(scene, steps, at)


def _ask(scene: Scene, step: Step, number: int) -> bool:
    """Put one question until it is answered; False to go back."""
    question = step.question(scene)
    _show(scene, question, number)
    while True:
        typed = _typed(scene, question)
        asked = _plain(typed)
        if asked in _BACK:
            return False
        if asked in _LEAVE:
            raise PausedError
        if asked in _WHY:
            _say_wrapped(scene, question.why)
            continue
        try:
            answer = _answer(scene, step, question, typed)
        except AskAgainError:
            question = step.question(scene)
            _show(scene, question, number)
            continue
        except InputError as error:
            scene.face.warn(scene.told(error))
            continue
        scene.kept.keep(step.key, answer)
        step.tell(scene)
        return True


def _typed(scene: Scene, question: Question) -> str:
    hint = question.shown or question.default
    prompt = "> " if hint is None else f"[{visible(hint)}] > "
    try:
        return scene.face.ask(prompt).strip()
    except NoMoreAnswersError:
        raise PausedError from None


def _answer(scene: Scene, step: Step, question: Question, typed: str) -> Answer:
    text = typed
    if not text:
        if question.default is None:
            raise InputError(
                _("An answer is needed here."),
                do=_("If you do not know, type: don't know.") if step.may_skip else "",
            )
        text = question.default
    if _plain(text) in _UNKNOWN or (not typed and text == DONT_KNOW):
        if not step.may_skip:
            raise InputError(_("This cannot be left open: it is needed to go on."))
        return DONT_KNOW
    if question.options:
        text = _chosen(question.options, text)
    return step.take(scene, text)


def _chosen(options: Sequence[tuple[str, str]], text: str) -> str:
    if text.isdigit() and 1 <= int(text) <= len(options):
        return options[int(text) - 1][0]
    asked = _plain(text)
    if asked in [value for value, _label in options]:
        return asked
    near = [option for option, label in options if _plain(label).startswith(asked)]
    if len(near) == 1:
        return near[0]
    raise InputError(_("Choose by its number, from 1 to {n}."), code="bad_choice", n=len(options))


def _show(scene: Scene, question: Question, number: int) -> None:
    scene.face.say()
    first, *rest = question.text.split("\n")
    for line in wrap(f"{number}. {first}", WIDTH):
        scene.face.title(line)
    for line in rest:
        scene.face.say(line)
    for place, (_value, label) in enumerate(question.options, start=1):
        scene.face.say(f"   {place}  {label}")


def _say_wrapped(scene: Scene, text: str) -> None:
    for line in wrap(text, WIDTH - 2):
        scene.face.say("  " + line)


def _before(scene: Scene, steps: Sequence[Step], at: int) -> int:
    """The last question that was answered before this one, its answer taken back."""
    for number in range(at - 1, -1, -1):
        if steps[number].key in scene.kept and steps[number].applies(scene):
            scene.kept.forget(steps[number].key)
            scene.changed()
            return number
    scene.face.warn(scene.words.text(_("This is the first question.")))
    return at


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.strip().lower().replace("’", "'"))
    return "".join(c for c in folded if not unicodedata.combining(c))
