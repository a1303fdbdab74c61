# SPDX-License-Identifier: Apache-2.0
"""Connected components in SQL: which local ids the ties join into one person.

Only local ids that have a tie enter. In each round every root that an edge joins to a smaller one goes
under the smallest, and edges move to the roots that are left: the number of rounds grows with the
logarithm of the longest chain, and the smallest number of a set stands for it.
"""

from __future__ import annotations

from typing import Final

from tocsin.core.errors import MachineError
from tocsin.core.words import _
from tocsin.store.engine import Engine
from tocsin.store.query import Query, load_query

MOST_ROUNDS: Final = 64
"""Two to the 64 local ids: more is an error of ours."""


def join_tied(engine: Engine) -> int:
    """From `ties`, make `joined`: the person of each local id that has a tie. Returns the rounds taken.

    `sure_id` follows the sure ties alone; `person_id` the others too.
    """
    engine.create("labels", _query("first_labels"))
    engine.create("edges", _query("sure_edges"))
    rounds = _contract(engine)
    engine.create("sure_labels", "select * from labels")
    engine.create("edges", _query("all_edges"))
    rounds += _contract(engine)
    engine.create("joined", _query("joined"))
    return rounds


def _contract(engine: Engine) -> int:
    """Move labels along edges until no edge is left."""
    for rounds in range(MOST_ROUNDS):
        if not engine.count("select count(*) from edges"):
            return rounds
        engine.create("hooks", _query("hooks"))
        _shorten(engine)
        engine.create("labels", _query("moved_labels"))
        engine.create("edges", _query("moved_edges"))
    raise MachineError(_("Joining local ids into persons did not end."), do=_("Report it."))


def _shorten(engine: Engine) -> None:
    """Let each hook lead straight to the root at its end."""
    for _round in range(MOST_ROUNDS):
        if not engine.count("select count(*) from hooks as h join hooks as p on p.root = h.parent"):
            return
        engine.create("hooks", _query("shorter_hooks"))
    raise MachineError(_("Joining local ids into persons did not end."), do=_("Report it."))


def _query(name: str) -> Query:
    return load_query("tocsin.link", name)
