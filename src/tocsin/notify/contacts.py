# SPDX-License-Identifier: Apache-2.0
"""The contact points that a release names: whatever else a notice names, a false one named it.

They are found in a notice written for nobody, in the same way as in a notice that is checked.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from tocsin.core.terms import Category
from tocsin.notify.account_use import AccountUse
from tocsin.notify.genuine.verify_notice import contact_points, readable
from tocsin.notify.letter import Person, Writer
from tocsin.store.case import Case
from tocsin.store.query import load_query

_EVERY: tuple[str, ...] = tuple(Category)


def _blanks(day: datetime) -> Iterator[Person]:
    """Nobody, once for each text that a notice may have."""
    shown = ("shown",) * len(_EVERY)
    for addressee in ("person", "representative"):
        for why in ("new", "withdrawn"):
            yield Person("", addressee, (), _EVERY, shown, day, day, code="", why=why)
    yield Person("", "person", (), _EVERY, shown, day, day, code="", kind="professional")
    use = AccountUse("", 0, (), 0, ())
    yield Person("", "person", (), (), (), day, day, code="", kind="account", use=use)


def contacts_of(case: Case) -> list[str]:
    """Telephone numbers, mailboxes and sites of the notice as it now stands, in order."""
    day = datetime(2000, 1, 1, tzinfo=UTC)
    writer = Writer(case.settings, never=(), released_at=day)
    found = contact_points(case.settings.notify.page)
    for blank in _blanks(day):
        letter = writer.write(blank)
        found |= contact_points(letter.text) | contact_points(readable(letter.html.encode())[0])
    with case.engine("controllers") as engine:
        for (name,) in engine.rows(load_query("tocsin.notify", "controller_names")):
            found |= contact_points(str(name))
    return sorted(found)
