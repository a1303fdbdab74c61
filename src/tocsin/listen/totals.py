# SPDX-License-Identifier: Apache-2.0
"""What a spool holds, counted: it is rebuilt from the index of the spool, so that a kill loses no count."""

from __future__ import annotations

from dataclasses import dataclass, field

MOST_PEERS = 10_000
OTHERS = "others"
"""Who is counted together once that many peers have been seen: a datagram may claim any address."""


@dataclass(slots=True)
class Sum:
    """Messages and their bytes."""

    messages: int = 0
    bytes: int = 0

    def add(self, messages: int, size: int) -> None:
        """Count some more."""
        self.messages += messages
        self.bytes += size

    def told(self) -> dict[str, int]:
        """As JSON."""
        return {"messages": self.messages, "bytes": self.bytes}


@dataclass(slots=True)
class Totals:
    """Of all that was ever received for one source."""

    received_bytes: int = 0
    """Of streams, their framing included."""

    written: Sum = field(default_factory=Sum)
    set_aside: dict[str, Sum] = field(default_factory=dict)
    listeners: dict[str, Sum] = field(default_factory=dict)
    peers: dict[str, Sum] = field(default_factory=dict)

    def add_written(self, listener: str, peer: str, messages: int, size: int) -> None:
        """Messages that are in the spool."""
        self.written.add(messages, size)
        self._count(listener, peer, messages, size)

    def add_aside(self, reason: str, listener: str, peer: str, messages: int, size: int) -> None:
        """Messages that were set aside."""
        self.set_aside.setdefault(reason, Sum()).add(messages, size)
        self._count(listener, peer, messages, size)

    def _count(self, listener: str, peer: str, messages: int, size: int) -> None:
        self.listeners.setdefault(listener, Sum()).add(messages, size)
        known = peer in self.peers or len(self.peers) < MOST_PEERS
        self.peers.setdefault(peer if known else OTHERS, Sum()).add(messages, size)

    def told(self) -> dict[str, object]:
        """As JSON; `received` is what `written` and `set_aside` add up to, counted on its own."""
        received = Sum()
        for one in self.listeners.values():
            received.add(one.messages, one.bytes)
        return {
            "received": {**received.told(), "stream_bytes": self.received_bytes},
            "written": self.written.told(),
            "set_aside": {name: one.told() for name, one in sorted(self.set_aside.items())},
            "listeners": {name: one.told() for name, one in sorted(self.listeners.items())},
            "peers": {name: one.told() for name, one in sorted(self.peers.items())},
        }

    @classmethod
    def from_told(cls, told: dict) -> Totals:  # type: ignore[type-arg]
        """From JSON."""
        return cls(
            told["received"]["stream_bytes"],
            Sum(**told["written"]),
            *(
                {name: Sum(**one) for name, one in told[key].items()}
                for key in ("set_aside", "listeners", "peers")
            ),
        )
