# SPDX-License-Identifier: Apache-2.0
"""The promises of a channel, as checks that the author of a plug-in runs on it.

It answers for each notice once and for no other; it never calls absent what it took, not even after the
process that handed it over died; it never calls taken what it was not given; it tells nothing of anybody.

    check_channel(lambda: MyChannel(), notices)     raises AssertionError with what was not kept

`make` gives a new one each time, as a process that starts again would. `notices` are at least two, of its
kind, with message ids never used before; the other side is to be one that takes them all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from typing import Final, get_args
from uuid import uuid4

from tocsin.notify.interface import Channel, Fate, Handed, Kind, Notice

HANDED: Final = frozenset({Fate.ACCEPTED, Fate.DELIVERED, Fate.DEFERRED, Fate.BOUNCED, Fate.UNKNOWN})
TAKEN: Final = frozenset({Fate.ACCEPTED, Fate.DELIVERED, Fate.BOUNCED})
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_REASON: Final = re.compile(r"[\w.:-]{0,60}")


def check_channel(make: Callable[[], Channel], notices: Sequence[Notice]) -> None:
    """All of it, in the order in which a sending would ask. Raises AssertionError."""
    check_name(make())
    ids = [notice.message_id for notice in notices]
    with closing(make()) as channel:
        check_looked_up(channel.look_up(ids), ids, taken=())
        assert list(channel.hand_over([])) == [], "nothing handed over, something answered"
        handed = list(channel.hand_over(notices))
        check_handed(handed, notices)
        taken = [one.message_id for one in handed if one.fate in TAKEN]
        check_looked_up(channel.look_up(ids), ids, taken)
    with closing(make()) as restarted:
        check_looked_up(restarted.look_up(ids), ids, taken)
        assert dict(restarted.look_up([])) == {}, "nobody was asked about, somebody answered for"
        stranger = f"<{uuid4().hex}@tocsin.invalid>"
        check_looked_up(restarted.look_up([stranger]), [stranger], taken=())
    channel.close()


def check_name(channel: Channel) -> None:
    """Its name stands in the journal and its kind in the outbox."""
    assert _NAME.fullmatch(channel.name), f"the name is not a stable word: {channel.name!r}"
    assert channel.kind in get_args(Kind), f"no such kind: {channel.kind!r}"


def check_handed(handed: Sequence[Handed], notices: Sequence[Notice]) -> None:
    """One answer a notice at most, of its own; reasons are codes, and name nobody."""
    ids = [notice.message_id for notice in notices]
    told = [one.message_id for one in handed]
    assert len(set(told)) == len(told), "a notice was answered for twice"
    assert set(told) <= set(ids), "a notice was answered for that was not handed over"
    assert {one.fate for one in handed} <= HANDED, "only look_up may call a notice absent"
    for one in handed:
        assert _REASON.fullmatch(one.reason), "a reason is a code, not a text"
    assert any(one.fate in TAKEN for one in handed), (
        "nothing was taken: the check needs another side that does"
    )


def check_looked_up(found: Mapping[str, Fate], ids: Collection[str], taken: Collection[str]) -> None:
    """A fate for each that was asked about, and for no other; what was taken is never absent."""
    assert set(found) == set(ids), "look_up answers for each notice in doubt, and for no other"
    for message_id, fate in found.items():
        if message_id in taken:
            assert fate is not Fate.ABSENT, "what was taken is called absent: it would be sent twice"
        else:
            assert fate in (Fate.ABSENT, Fate.UNKNOWN, Fate.DEFERRED), "what was never taken is called taken"
