# SPDX-License-Identifier: Apache-2.0
"""Messages that a RELP sender sends again because it never saw them acknowledged.

It sends them first on its next session, in order, from the first that was not acknowledged to the last: what
begins a session is the end of what the peer's cut session had brought. Only that is called sent again: whole,
in order, up to the very last message. A log that repeats itself in the middle is left alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

WINDOW = 4096
"""Messages that a sender may have unacknowledged (librelp's own is 128)."""

_MOST_PEERS = 1000


def _digest(message: bytes) -> bytes:
    return blake2b(message, digest_size=16).digest()


@dataclass(slots=True)
class _Session:
    """One connection's first messages, held against the last ones of a session that was cut."""

    recent: deque[bytes] = field(default_factory=lambda: deque(maxlen=WINDOW))
    expected: list[bytes] = field(default_factory=list)
    """What is left of what it may send again; empty when nothing is."""


class Resent:
    """Of all peers."""

    def __init__(self) -> None:
        self._cut: dict[str, list[bytes]] = {}
        self._sessions: dict[str, _Session] = {}

    def remember(self, peer: str, messages: Sequence[bytes]) -> None:
        """What a session had brought that was cut together with the process."""
        self._keep(peer, [_digest(one) for one in messages[-WINDOW:]])

    def count(self, connection: str, peer: str, messages: Sequence[bytes]) -> int:
        """How many of the first of these messages are sent again. Asking changes nothing."""
        session = self._sessions.get(connection)
        digests = [_digest(one) for one in messages]
        if session is None:
            return _overlap(self._cut.get(peer, []), digests)
        again = session.expected[: len(digests)]
        return len(again) if again and digests[: len(again)] == again else 0

    def wrote(self, connection: str, peer: str, messages: Sequence[bytes]) -> None:
        """These are on the disk, or set aside."""
        if not messages:
            return
        digests = [_digest(one) for one in messages]
        session = self._sessions.get(connection)
        if session is None:
            before = self._cut.pop(peer, [])
            again = _overlap(before, digests)
            session = self._sessions[connection] = _Session()
            if again:
                start = _start_of(before, digests)
                session.expected = before[start + len(digests) :]
        else:
            matches = session.expected[: len(digests)] == digests[: len(session.expected)]
            session.expected = session.expected[len(digests) :] if matches else []
        session.recent.extend(digests)

    def ended(self, connection: str, peer: str, *, is_orderly: bool) -> None:
        """A session is over; what it brought last may come again if it was cut."""
        session = self._sessions.pop(connection, None)
        if session is not None and not is_orderly:
            self._keep(peer, list(session.recent))

    def _keep(self, peer: str, digests: list[bytes]) -> None:
        if digests and (peer in self._cut or len(self._cut) < _MOST_PEERS):
            self._cut[peer] = digests


def _start_of(before: list[bytes], now: list[bytes]) -> int:
    """Where in the cut session the new one begins again; its length when it does not.

    Of several places the last: a message too many can be seen, one too few cannot.
    """
    for start in range(len(before) - 1, -1, -1):
        if before[start] == now[0]:
            common = min(len(before) - start, len(now))
            if before[start : start + common] == now[:common]:
                return start
    return len(before)


def _overlap(before: list[bytes], now: list[bytes]) -> int:
    if not now or not before:
        return 0
    return min(len(before) - _start_of(before, now), len(now))
