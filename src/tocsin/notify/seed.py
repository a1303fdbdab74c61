# SPDX-License-Identifier: Apache-2.0
"""A made-up notice to mailboxes of one's own, before anybody else gets one: how does it arrive?

It goes through the relay like any other. It is about nobody, its code is made up, and no balance counts it.
"""

from __future__ import annotations

import dataclasses
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Final

from tocsin.core.errors import InputError
from tocsin.core.terms import Category
from tocsin.core.words import _
from tocsin.notify.channels.relay import Relay
from tocsin.notify.content import content_digest, refuse_incomplete
from tocsin.notify.interface import Handed
from tocsin.notify.letter import Person
from tocsin.notify.material import Stock, make_writer
from tocsin.notify.released import Release
from tocsin.notify.run import run
from tocsin.notify.waves import new_message_id
from tocsin.store.case import Case

SENT: Final = "notify:seed:sent"
_NAME: Final = "Camille Essai"
_CODE: Final = "0" * 16
_SHOWN: Final = (Category.IDENTITY_NAME, Category.CONTACT_PHONE, Category.CONTACT_EMAIL)


def send_seed(case: Case) -> list[Handed]:
    """Hand one notice a mailbox of `[notify.email] seed` to the relay, and journal how many it took.

    Raises InputError without a mailbox or for an incomplete notice, MachineError when the relay is gone.
    """
    settings = case.settings.notify.email
    if not settings.seed:
        raise InputError(
            _("There is no mailbox to try it on."),
            do=_("Write mailboxes of your own in seed, of [notify.email]."),
            where=case.folder / "case.toml",
            code="no_seed",
        )
    refuse_incomplete(case, run(case))
    now = datetime.now(UTC)
    release = Release(0, 0, {}, content_digest(case), now, case.by)
    writer = make_writer(case, release)
    known_as = (case.settings.notify.sender,)
    shown = tuple(one.value for one in _SHOWN)
    person = Person(
        _NAME, "person", known_as, shown, ("shown",) * len(shown), now - timedelta(days=9), now, _CODE
    )
    stock = Stock(person, "", "", ())
    lang, domain = case.settings.notify.language, settings.from_.rpartition("@")[2]
    notices = [
        dataclasses.replace(stock, email=mailbox).notice(writer, release, new_message_id(domain), lang)
        for mailbox in settings.seed
    ]
    with closing(Relay(settings, None)) as relay:
        handed = list(relay.hand_over(notices))
    taken = sum(one.fate == "accepted" for one in handed)
    case.journal.append(SENT, {"mailboxes": len(handed), "taken": taken}, by=case.by)
    return handed
