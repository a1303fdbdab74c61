# SPDX-License-Identifier: Apache-2.0
"""The codes of a first look in plain words: places, measures, actions, outcomes, what cannot be told."""

from __future__ import annotations

from typing import Final

from tocsin.core.words import _

PLACES: Final = {
    "address": _("address"),
    "device": _("device"),
    "client": _("application"),
    "user_agent": _("browser or program"),
    "session": _("session or token"),
}

MEASURES: Final = {
    "events": _("acts"),
    "persons": _("distinct local ids named with success"),
    "objects": _("distinct things asked for with success"),
    "failures": _("failures"),
    "busiest_hour": _("acts in its busiest hour"),
    "night_events": _("acts between 20:00 and 07:00"),
    "addresses": _("different addresses"),
    "bytes": _("bytes received"),
}

ACTIONS: Final = {
    "login": _("sign-in"),
    "login_failed": _("failed sign-in"),
    "logout": _("sign-out"),
    "search": _("search"),
    "read": _("reading"),
    "list": _("listing"),
    "create": _("creation"),
    "update": _("change"),
    "delete": _("deletion"),
    "export": _("export"),
    "download": _("download"),
    "upload": _("upload"),
    "share": _("sharing"),
    "admin": _("administration"),
    "other": _("other act"),
}

OUTCOMES: Final = {
    "success": _("with success"),
    "failure": _("with failure"),
    "unknown": _("outcome unknown"),
}

ALONE: Final = {
    "template": _("request"),
    "action": _("kind of act"),
    "hour": _("hour of the day"),
    "address": _("address"),
    "device": _("device"),
    "client": _("application"),
    "user_agent": _("browser or program"),
}

UNSAID: Final = {
    "no_persons": _(
        "Whose data were asked for: these logs name no person for it. "
        "The ids in the paths, with a register, will tell."
    ),
    "some_nameless": _(
        "Whose data {n} of its successful acts showed: their records name neither a person nor a record."
    ),
    "no_addresses": _("From which address it acted."),
    "no_devices": _("From which device it acted: two persons behind one address look alike."),
    "no_sessions": _(
        "Which session each act belongs to: sessions are cut here by half an hour without an act, "
        "and a stolen session taken up elsewhere shows as another."
    ),
    "no_sign_ins": _(
        "How it signed in: these logs hold no sign-in of this account, hence no password tried, no second "
        "factor, no reset. Ask for the logs of the identity provider."
    ),
    "unknown_outcomes": _("Whether {n} of its acts succeeded: their records do not say."),
    "set_aside": _(
        "What {n} unreadable records say; the account could still be read in {own} of them. "
        "Of a case, one sees them with: tocsin table CASE set_aside --to set-aside.csv"
    ),
    "content": _("What each page showed: no access log tells it. A catalogue will."),
    "who": _("Who sat behind the account: its holder, or somebody else."),
    "elsewhere": _(
        "What it did in systems whose logs are not here, before their beginning or after their end."
    ),
}
