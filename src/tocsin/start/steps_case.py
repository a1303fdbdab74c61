# SPDX-License-Identifier: Apache-2.0
"""What happened, when it was noticed, by whom, in which kind of organisation: the head of the case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tocsin.core.errors import InputError
from tocsin.core.words import _
from tocsin.start.dates import read_instant
from tocsin.start.kept import Answer
from tocsin.start.scene import Scene
from tocsin.start.talk import DONT_KNOW, Question, Step

HOURS = 72
"""Art. 33(1) GDPR: from awareness to the authority's notification, where feasible."""

ORGANISATIONS = (
    ("practice", _("a practice, a health centre or house, a pharmacy")),
    ("hospital", _("a hospital or clinic")),
    ("medico-social", _("a care home or another medico-social establishment")),
    ("grades", _("a regional e-health operator (GRADeS) or a hospital group (GCS)")),
    ("platform", _("a publisher or platform that works for professionals")),
    ("insurer", _("an insurer, a mutual, a third-party-payment operator")),
    ("other", _("something else")),
)


class Who(Step):
    """Who answers."""

    key = "by"
    may_skip = False

    def question(self, scene: Scene) -> Question:
        return Question(
            scene.words.text(_("Who are you? Your name, or your function.")),
            scene.words.text(
                _(
                    "Each decision in the case bears a name: the authority may ask later who decided what. "
                    "'Secretary' or 'Dr A. Martin' will do."
                )
            ),
            default=scene.by,
        )

    def tell(self, scene: Scene) -> None:
        scene.by = scene.kept.word("by")


class What(Step):
    """What happened."""

    key = "title"

    def question(self, scene: Scene) -> Question:
        default = scene.words.text(_("Patients' files opened without right"))
        return Question(
            scene.words.text(_("In one sentence: what happened, as far as you know?")),
            scene.words.text(
                _("It is the title of the case and of its report. It can be changed later in case.toml.")
            ),
            default=default,
        )


class When(Step):
    """When somebody became aware: it starts the clock."""

    key = "became_aware_at"

    def question(self, scene: Scene) -> Question:
        return Question(
            scene.words.text(_("When did you notice, or were you told? Day and hour.")),
            scene.words.text(
                _(
                    "The law counts 72 hours from the moment when you are reasonably sure that personal data "
                    "were seen or taken (GDPR, article 33). Write 14/11/2025 8h40, 'yesterday 18h' or 'now'."
                )
            ),
            default="now",
            shown=scene.words.text(_("now")),
        )

    def take(self, scene: Scene, text: str) -> Answer:
        at = read_instant(text, scene.zone, scene.now())
        if at > scene.now() + timedelta(minutes=5):
            raise InputError(
                _("This is in the future."),
                do=_("Write it as 14/11/2025 8h40, 'yesterday 18h' or 'now'."),
                code="future",
            )
        return at.isoformat()

    def tell(self, scene: Scene) -> None:
        _tell_deadline(scene)


def end_of_hours(aware: datetime) -> datetime:
    """Calendar hours, counted in UTC: a change of clocks in between adds or takes none."""
    return aware.astimezone(UTC) + timedelta(hours=HOURS)


def _tell_deadline(scene: Scene) -> None:
    text = scene.kept.word("became_aware_at")
    if not text:
        return
    aware = read_instant(text, scene.zone, scene.now())
    end = end_of_hours(aware)
    scene.face.say(
        "  "
        + scene.words.text(
            _("Understood: {at}. The 72 hours of article 33 then end on {end}."),
            at=scene.instant(aware),
            end=scene.instant(end),
        )
    )
    if end < scene.now():
        scene.face.warn(
            scene.words.text(_("They are over: notify all the same, and give the reasons for the delay."))
        )


class NoticedBy(Step):
    """By whom it was noticed."""

    key = "became_aware_by"

    def question(self, scene: Scene) -> Question:
        return Question(
            scene.words.text(_("Who noticed it, or who told you?")),
            scene.words.text(
                _(
                    "The authority's form asks how the breach was discovered. A function is enough: "
                    "secretary, "
                    "publisher, police, patient."
                )
            ),
            default=scene.kept.word("by"),
        )


class Organisation(Step):
    """Which kind of organisation: it decides whom the clocks bind."""

    key = "organisation"

    def question(self, scene: Scene) -> Question:
        return Question(
            scene.words.text(_("What kind of organisation are you?")),
            scene.words.text(
                _("Duties differ: whom to warn besides the CNIL, and within which time, depends on it.")
            ),
            default="1",
            options=[(value, scene.words.text(label)) for value, label in ORGANISATIONS],
        )


class Structure(Step):
    """Its name."""

    key = "structure"

    def question(self, scene: Scene) -> Question:
        return Question(
            scene.words.text(_("What is its name?")),
            scene.words.text(
                _("It will stand on the declaration and on the letters, as the controller of these data.")
            ),
            default=DONT_KNOW,
            shown=scene.words.text(_("I do not know")),
        )


STEPS: tuple[Step, ...] = (Who(), What(), When(), NoticedBy(), Organisation(), Structure())
