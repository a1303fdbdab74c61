# SPDX-License-Identifier: Apache-2.0
"""A notice once more for the person whom it is about, as a page that a reading machine can follow."""

from __future__ import annotations

from contextlib import closing

from tocsin.core.errors import InputError
from tocsin.core.words import _
from tocsin.notify.content import content_digest
from tocsin.notify.material import make_writer, read_stock
from tocsin.notify.printed.letters import Letters
from tocsin.notify.released import releases
from tocsin.store.case import Case
from tocsin.store.query import load_query


def copy_notice(case: Case, registry: str, local_id: str, *, is_easy: bool = False) -> bytes:
    """The latest notice released for a person, as PDF/UA-1: the same words, code and day as what left.

    Easy to read, it says the same in fewer words. Raises InputError when none was released for them, when
    what is known of them has changed since, and when other words were released than those of now.
    """
    with case.engine("persons", "notices") as engine:
        found = engine.rows(load_query("tocsin.notify", "latest_notice"), registry=registry, person=local_id)
    if not found:
        raise InputError(
            _("No notice was released for this person."),
            do=_("See: tocsin notify CASE status"),
            code="no_notice",
        )
    person_id, wave, message_id = int(str(found[0][0])), int(str(found[0][1])), str(found[0][2])
    stock = read_stock(case, wave, [person_id]).get(person_id)
    if stock is None:
        raise InputError(
            _("What is known of this person has changed since the notice was released."),
            do=_("Release the next wave first."),
            code="facts_changed",
        )
    release = [one for one in releases(case) if one.wave == wave][-1]
    if is_easy and release.content != content_digest(case):
        raise InputError(
            _("The words of the notice have changed since they were released."),
            do=_("Release them again, or put them back."),
            code="text_changed",
        )
    writer = make_writer(case, release, is_easy=is_easy)
    notice = stock.notice(writer, release, message_id, case.settings.notify.language)
    with closing(Letters(case.settings, release.at)) as letters:
        return letters.copy(notice)
