# SPDX-License-Identifier: Apache-2.0
"""What a channel offers: it takes notices one after the other, and tells later what became of them.

A channel registers under the entry point group `tocsin.channels`. It may fail between taking a notice and
saying so: then `look_up` is asked, and what it cannot tell stays uncertain until a person decides.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, NamedTuple

Kind = Literal["email", "post", "sms"]
"""What a notice needs to leave: a mailbox, lines of an envelope, or a mobile number."""


class Fate(StrEnum):
    """What became of one notice handed over."""

    ACCEPTED = "accepted"
    """Taken over; whether it arrives is told later."""

    DELIVERED = "delivered"
    """Handed to the mailbox's own server, or to whoever distributes it."""

    DEFERRED = "deferred"
    """Not taken now; the same notice may be offered again."""

    BOUNCED = "bounced"
    """Refused for good, at once or after it was taken."""

    ABSENT = "absent"
    """Said by `look_up` alone: it was surely never taken."""

    UNKNOWN = "unknown"
    """Nobody can tell."""


class Handed(NamedTuple):
    """One notice's fate; `reason` is the other side's code, never its text, which may quote a mailbox."""

    message_id: str
    fate: Fate
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice, ready to leave."""

    message_id: str
    lang: str
    released_at: datetime
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    email: str = field(default="", repr=False)
    lines: tuple[str, ...] = field(default=(), repr=False)
    document: str = field(default="", repr=False)
    """What text and page both say, for paper."""
    proof: str = field(default="", repr=False)
    """What a machine checks the notice by; empty where the sender has no page."""
    phone: str = field(default="", repr=False)
    """A mobile number (E.164); `text` is then the whole message, reworded and counted."""


class Channel(ABC):
    """Takes notices of one kind. Raises MachineError when it cannot be reached; then nothing was taken."""

    name: str
    """Stable, lower-case: it is written in the journal."""

    kind: Kind

    @abstractmethod
    def hand_over(self, notices: Sequence[Notice]) -> Iterator[Handed]:
        """Take these, in order; what is not answered for stays in doubt."""

    @abstractmethod
    def look_up(self, message_ids: Collection[str]) -> Mapping[str, Fate]:
        """What is known of notices in doubt, for each of them."""

    takes_whole_batches: bool = False
    """Whether what is handed over together is taken together, or not at all."""

    def close(self) -> None:
        """Give back what it holds open; most hold nothing."""
        return
