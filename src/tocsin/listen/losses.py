# SPDX-License-Identifier: Apache-2.0
"""What was lost, what may have been, and who was turned away: from the diary, and counted on.

Known is what somebody counted: datagrams that the kernel dropped. Possible is what no protocol tells us:
what a sender had given to the network when its connection, or the receiver, was cut.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

ACKNOWLEDGED = ("relp", "relp_tls")


@dataclass(slots=True)
class Losses:
    """Since the source was first received."""

    dropped: int = 0
    """Datagrams that the kernel dropped, by its own counter."""

    cut: int = 0
    """Connections without acknowledgement that were cut: what was on its way may be lost."""

    unfinished_bytes: int = 0
    """Of messages whose end never came; set aside."""

    left_open: int = 0
    """Connections without acknowledgement that their sender had not closed when the receiver stopped."""

    cut_acknowledged: int = 0
    """Connections with acknowledgement that were cut: nothing is lost, their sender sends it again."""

    gates: int = 0
    """Times that the gate was killed and replaced."""

    down: list[dict[str, object]] = field(default_factory=list)
    """Periods during which nobody listened."""

    turned_away: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(listener, reason): clients."""

    connections: Counter[str] = field(default_factory=Counter)
    """Opened, by listener."""

    counters: dict[int, int] = field(default_factory=dict)
    """What the kernel's counter of a socket said last."""

    peers: dict[str, str] = field(default_factory=dict)
    """Connections that have not ended, with their peer."""

    @classmethod
    def of(cls, lines: list[dict[str, object]]) -> Losses:
        """From the diary."""
        losses = cls()
        for line in lines:
            losses.read(line)
        return losses

    def read(self, line: Mapping[str, object]) -> None:
        """One line of the diary."""
        match line.get("what"):
            case "opened":
                self.opened(str(line["listener"]))
                self.peers[str(line["connection"])] = str(line["peer"])
            case "ended":
                self.peers.pop(str(line["connection"]), None)
                self.ended(str(line["listener"]), str(line["how"]), int(str(line.get("unfinished_bytes", 0))))
            case "refused":
                self.refused(line)
            case "dropped":
                self.dropped += int(str(line["missing"]))
                self.counters[int(str(line["socket"]))] = int(str(line["counter"]))
            case "gate replaced":
                self.gates += 1
            case "down":
                self.down.append(dict(line))

    def drops_since(self, socket: int, counter: int) -> int:
        """How many more the kernel has dropped than was noted of this socket."""
        before = self.counters.get(socket, 0)
        return counter - before if counter >= before else counter

    def opened(self, listener: str) -> None:
        """A connection."""
        self.connections[listener] += 1

    def ended(self, listener: str, how: str, unfinished: int) -> None:
        """A connection, and how."""
        if listener in ACKNOWLEDGED:
            self.cut_acknowledged += how != "closed"
            return
        self.left_open += how == "open"
        self.cut += how not in ("closed", "open")
        self.unfinished_bytes += unfinished

    def refused(self, said: Mapping[str, object]) -> None:
        """Clients that were turned away."""
        self.turned_away[str(said["listener"]), str(said["why"])] += int(str(said["times"]))

    def told(self) -> dict[str, object]:
        """As JSON."""
        return {
            "known": {"dropped_datagrams": self.dropped},
            "possible": {
                "connections_cut": self.cut,
                "connections_left_open": self.left_open,
                "unfinished_bytes": self.unfinished_bytes,
                "gates_replaced": self.gates,
                "down": [{k: v for k, v in line.items() if k not in ("at", "what")} for line in self.down],
            },
            "sent_again_by_their_sender": {"connections_cut": self.cut_acknowledged},
        }
