# SPDX-License-Identifier: Apache-2.0
"""Which accounts, since when, until when, and whether their owners went on working with them."""

from __future__ import annotations

import difflib
import re
from datetime import datetime

from tocsin.core.errors import InputError
from tocsin.core.words import _, visible
from tocsin.start.dates import read_instant
from tocsin.start.kept import Answer
from tocsin.start.reading import AccountSeen
from tocsin.start.scene import Scene, words_of
from tocsin.start.talk import DONT_KNOW, AskAgainError, Question, Step

_LISTED = 10
_LIST_WORDS = {"liste", "list", "la liste"}


class Accounts(Step):
    """Which accounts are suspected."""

    key = "accounts"

    def applies(self, scene: Scene) -> bool:
        return scene.has_events()

    def question(self, scene: Scene) -> Question:
        return Question(
            scene.words.text(
                _(
                    "Which account do you suspect? Its login, as it is typed to sign in. "
                    "(Several: apart by commas.)"
                )
            )
            + "\n   "
            + scene.words.text(_("Type 'list' to see the accounts of these logs.")),
            scene.words.text(
                _(
                    "What this account obtained is what will be counted. If nobody knows which one it is, "
                    "say "
                    "so: Tocsin looks for accounts that acted out of the ordinary, and a person decides."
                )
            ),
        )

    def take(self, scene: Scene, text: str) -> Answer:
        if text.strip().lower() in _LIST_WORDS:
            _tell_list(scene)
            raise AskAgainError
        named = [part.strip() for part in text.split(",") if part.strip()]
        known = {account.account for account in scene.accounts()}
        for name in named:
            if name not in known:
                raise _absent(scene, name, known)
        return list(dict.fromkeys(named))

    def tell(self, scene: Scene) -> None:
        if not scene.kept.texts("accounts"):
            scene.face.say("  " + scene.words.text(_("Then Tocsin looks for it, and you decide afterwards.")))
        for account in scene.chosen():
            _tell_account(scene, account)


def _absent(scene: Scene, name: str, known: set[str]) -> InputError:
    lowered = {account.lower(): account for account in known}
    near = [lowered[n] for n in difflib.get_close_matches(name.lower(), lowered, n=3, cutoff=0.5)]
    near += [a for a in sorted(known) if name.lower() in a.lower() and a not in near][:3]
    if near:
        return InputError(
            _("The account '{name}' never appears in these logs. Near it: {near}."),
            do=_("Type one of them, or 'list'."),
            code="no_account",
            name=visible(name),
            near=words_of(near[:3], scene.words),
        )
    return InputError(
        _("The account '{name}' never appears in these logs."),
        do=_("Type 'list' to see those that do, or: don't know."),
        code="no_account",
        name=visible(name),
    )


def _tell_list(scene: Scene) -> None:
    accounts = scene.accounts()
    scene.face.say("  " + scene.words.text(_("The accounts that asked for most different things:")))
    for account in accounts[:_LISTED]:
        scene.face.say(
            "    "
            + scene.words.text(
                _("{account}: {objects} different things, {events} acts, last on {last}"),
                account=visible(account.account),
                objects=account.objects,
                events=account.events,
                last=scene.instant(account.last_at),
            )
        )
    if len(accounts) > _LISTED:
        scene.face.say("    " + scene.words.text(_("… and {n} more"), n=len(accounts) - _LISTED))
    if not accounts:
        scene.face.say("    " + scene.words.text(_("These logs name no account.")))


def _tell_account(scene: Scene, account: AccountSeen) -> None:
    scene.face.say(
        "  "
        + scene.words.text(
            _("{account}: {events} {events:act|acts}, from {first} to {last}."),
            account=visible(account.account),
            events=account.events,
            first=scene.instant(account.first_at),
            last=scene.instant(account.last_at),
        )
    )
    for address, events, first, last in scene.reading().addresses(account.account):
        scene.face.say(
            "    "
            + scene.words.text(
                _("from {address}: {events} {events:act|acts}, {first} to {last}"),
                address=visible(address),
                events=events,
                first=scene.instant(first),
                last=scene.instant(last),
            )
        )


class _Bound(Step):
    """A bound of the period."""

    end_of_day = False

    def applies(self, scene: Scene) -> bool:
        return bool(scene.kept.texts("accounts"))

    def take(self, scene: Scene, text: str) -> Answer:
        if self.key == "until" and means_none(text):
            return DONT_KNOW
        at = read_instant(text, scene.zone, scene.now(), end_of_day=self.end_of_day)
        since = scene.kept.word("from")
        if self.key == "until" and since and at <= datetime.fromisoformat(since):
            raise InputError(
                _("This period ends before it begins."),
                do=_("It begins on {since}."),
                code="empty_period",
                since=scene.instant(datetime.fromisoformat(since)),
            )
        _refuse_other_month(scene, at, is_end=self.key == "until")
        return at.isoformat()

    def tell(self, scene: Scene) -> None:
        at = scene.kept.word(self.key)
        if at:
            said = scene.instant(datetime.fromisoformat(at))
            scene.face.say("  " + scene.words.text(_("Understood: {at}."), at=said))


class From(_Bound):
    """Since when its acts are illegitimate."""

    key = "from"

    def question(self, scene: Scene) -> Question:
        first = min((account.first_at for account in scene.chosen()), default=None)
        return Question(
            scene.words.text(_("Since when do you hold what it did for illegitimate?")),
            scene.words.text(
                _(
                    "What it did before stays out of the count. Enter takes its very first act in these "
                    "logs; "
                    "choose a later moment if its owner was still working with it."
                )
            ),
            default=first.isoformat() if first else None,
            shown=scene.instant(first) if first else "",
        )


class Until(_Bound):
    """Until when."""

    key = "until"
    end_of_day = True

    def question(self, scene: Scene) -> Question:
        return Question(
            scene.words.text(_("Until when? Enter: no end, everything to the end of the logs.")),
            scene.words.text(
                _(
                    "Give an end only when the owner uses the account again since. A day alone counts whole. "
                    "Without an end nothing is missed."
                )
            ),
            default=DONT_KNOW,
            shown=scene.words.text(_("no end")),
        )


class Owner(Step):
    """Whether the owner used the account too."""

    key = "split"

    def applies(self, scene: Scene) -> bool:
        return bool(scene.kept.texts("accounts"))

    def question(self, scene: Scene) -> Question:
        left = scene.kept.word("left_on")
        return Question(
            scene.words.text(_("During that time, did the account's owner use it too, for real work?")),
            scene.words.text(
                _(
                    "If so, the sessions are to be told apart: none counts as certain before somebody "
                    "decides. "
                    "If not, all that the account did counts."
                )
            ),
            default="no" if left else DONT_KNOW,
            shown=scene.words.text(_("no")) if left else scene.words.text(_("I do not know")),
        )

    def take(self, scene: Scene, text: str) -> Answer:
        del scene
        return read_yes_no(text)

    def tell(self, scene: Scene) -> None:
        if scene.kept.answers.get(self.key) is False:
            return
        scene.face.say(
            "  "
            + scene.words.text(
                _("Then each of its sessions stays doubtful until somebody decides: tocsin decide.")
            )
        )


def means_none(text: str) -> bool:
    """« Non », « aucune », « no »: there is none, where a thing or an end was asked for."""
    return text.strip().lower() in ("non", "no", "aucun", "aucune", "none", "sans fin", "no end", "rien")


def read_yes_no(text: str) -> bool:
    """Yes or no, in either language."""
    asked = re.sub(r"\W", "", text.lower())
    if asked in ("o", "oui", "y", "yes"):
        return True
    if asked in ("n", "non", "no"):
        return False
    raise InputError(_("Answer yes or no."), code="bad_choice")


def _refuse_other_month(scene: Scene, at: datetime, *, is_end: bool) -> None:
    """A period that no act of these accounts falls into is a slip of the pen, or the wrong logs."""
    chosen = scene.chosen()
    if not chosen:
        return
    first, last = min(a.first_at for a in chosen), max(a.last_at for a in chosen)
    if (at <= first) if is_end else (at > last):
        raise InputError(
            _("In these logs the account acts from {first} to {last} only."),
            do=_("Check the date, or go back ('<') and give other logs."),
            code="other_period",
            first=scene.instant(first),
            last=scene.instant(last),
        )


STEPS: tuple[Step, ...] = (From(), Until(), Owner())
