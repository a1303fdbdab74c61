# SPDX-License-Identifier: Apache-2.0
"""The index of a spool file: for each stretch of it who sent it, over which connection, and when it arrived.

A line is written before the bytes that it tells of. What a kill left half done shows by it, and is undone;
how far each connection had come is read from it.
"""

from __future__ import annotations

import msgspec


class Stretch(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, rename={"from_": "from"}):
    """Some bytes of the spool, or set aside, that came from one peer at one moment."""

    connection: str
    listener: str
    peer: str
    arrived_at: str
    """When they were read from the connection: UTC, ISO 8601, microseconds."""

    from_: int
    """Bytes [from, until) of the spool file."""

    until: int
    messages: int = 0
    taken: int = 0
    """Position in the connection's stream behind them."""

    size: int = 0
    """Bytes of the stream that this is about."""

    rest: int = 0
    """What the stream is in the middle of: see `framing`."""

    aside: tuple[int, int] | None = None
    """Bytes [from, until) of the file of what is set aside."""

    aside_messages: int = 0
    reason: str = ""
    """Why they were set aside."""

    ends: bool = False
    """The connection has ended here."""


class Carried(msgspec.Struct, forbid_unknown_fields=True):
    """The first line of an index: what the ones before it come to."""

    carried: dict[str, tuple[int, int]]
    """Connections that are open: position in the stream, and what it is in the middle of."""

    totals: dict[str, object]
    """See `totals.Totals`."""

    aside_bytes: int
    """Length of the file of what is set aside."""


ENCODER = msgspec.json.Encoder()
STRETCH = msgspec.json.Decoder(Stretch)
CARRIED = msgspec.json.Decoder(Carried)


def lines_of(content: bytes) -> list[bytes]:
    """The whole lines; one that a kill cut is left out."""
    return content.split(b"\n")[:-1]


def read_stretches(lines: list[bytes]) -> list[Stretch]:
    """As far as they can be read: what the power took with it is at the end."""
    found: list[Stretch] = []
    for line in lines:
        try:
            found.append(STRETCH.decode(line))
        except msgspec.DecodeError:
            break
    return found
