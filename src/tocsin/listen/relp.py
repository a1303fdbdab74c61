# SPDX-License-Identifier: Apache-2.0
"""RELP, syslog that is acknowledged: frames in, answers out (the protocol of librelp, version 0).

A frame is `number command length[ data]`, ended by a line feed. A message is acknowledged by the number of
its frame; whoever sent it keeps it until then, and sends it again when the connection breaks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SERVER_CLOSE = b"0 serverclose 0\n"

_OFFERS = b"200 OK\nrelp_version=0\nrelp_software=tocsin\ncommands=syslog"
_HEAD = re.compile(rb"(\d{1,9}) ([A-Za-z]{1,32}) (\d{1,9})([ \n])")
_LONGEST_HEAD = 9 + 1 + 32 + 1 + 9 + 1


class TooLong(ValueError):  # noqa: N818  # what the frame is
    """A frame says that it is longer than may be held."""


class NotRelp(ValueError):  # noqa: N818  # what the bytes are, not what failed
    """These bytes are no frame: nothing behind them can be read."""


@dataclass(frozen=True, slots=True)
class Command:
    """One frame."""

    number: int
    name: str
    data: bytes


def read_commands(data: bytes, longest: int) -> tuple[list[Command], int]:
    """The whole frames at the beginning, and how many bytes they are. Raises NotRelp, TooLong."""
    found: list[Command] = []
    taken = 0
    while taken < len(data):
        head = _HEAD.match(data, taken)
        if head is None:
            if len(data) - taken >= _LONGEST_HEAD or not _may_begin(data[taken:]):
                raise NotRelp
            break
        size = int(head[3])
        if size > longest:
            if found:
                break  # what stands before it is good
            raise TooLong
        if (size > 0) is not (head[4] == b" "):
            raise NotRelp
        end = head.end() + size + 1 if size else head.end()
        if end > len(data):
            break
        if data[end - 1] != 0x0A:
            raise NotRelp
        found.append(Command(int(head[1]), head[2].decode().lower(), data[head.end() : head.end() + size]))
        taken = end
    return found, taken


def _may_begin(data: bytes) -> bool:
    return re.fullmatch(rb"\d{1,9}( ([A-Za-z]{1,32}( (\d{1,9})?)?)?)?", data) is not None


def answer(command: Command) -> bytes:
    """What the sender of this command waits for."""
    if command.name == "open":
        return _response(command.number, _OFFERS)
    if command.name == "syslog":
        return _response(command.number, b"200 OK")
    if command.name == "close":
        return _response(command.number, b"") + SERVER_CLOSE
    return _response(command.number, b"500 unknown command")


def _response(number: int, data: bytes) -> bytes:
    return b"%d rsp %d%s\n" % (number, len(data), b" " + data if data else b"")
