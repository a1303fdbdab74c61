# SPDX-License-Identifier: Apache-2.0
"""What the relay's own log says of our notices: taken, delivered, bounced (Postfix, `mail.log`).

Followed from where it was left, kept with the outbox. A message counts as taken when the queue manager has it
(`queue active`): a header seen by `cleanup` alone may be of a message that was thrown away.
Lines: https://www.postfix.org/OVERVIEW.html and the programs' manuals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tocsin.notify.interface import Fate
from tocsin.notify.outbox import Outbox

_LINE: Final = re.compile(
    rb"postfix(?:-[\w.-]+)?/(?:[\w-]+/)*(?P<program>[a-z]+)\[\d+\]: (?P<queue>[0-9A-Za-z]{5,20}): (?P<rest>.*)"
)
_MESSAGE: Final = re.compile(rb"message-id=(<[0-9a-f]{32}@[^>\s]{1,255}>)")
_STATUS: Final = re.compile(rb"\bstatus=(sent|bounced|expired)\b")
_CODE: Final = re.compile(rb"\bdsn=(\d\.\d{1,3}\.\d{1,3})")
_FATES: Final = {b"sent": Fate.DELIVERED, b"bounced": Fate.BOUNCED, b"expired": Fate.BOUNCED}
_LONGEST: Final = 1 << 16


class RelayLog:
    """A log, and how far it was read."""

    def __init__(self, path: Path, outbox: Outbox) -> None:
        self._path = path
        self._outbox = outbox

    def follow(self) -> None:
        """Read what is new, also of a log that was rotated once to `.1`; one transaction."""
        if not self._path.exists():
            return
        with self._outbox.changing() as db:
            held = db.execute(
                "select inode, place from relay_log where path = ?", (str(self._path),)
            ).fetchone()
            for path, start in self._pieces(held):
                end = start
                for line, end in _whole_lines(path, start):  # noqa: B007  # where the last one ends
                    self._take(line)
                db.execute(
                    "insert or replace into relay_log values (?, ?, ?)",
                    (str(self._path), path.stat().st_ino, end),
                )

    def look_up(self, message_id: str) -> Fate | None:
        """The latest that is known; None when the log has never named it."""
        db = self._outbox.connection
        found = db.execute("select fate from relay_seen where message_id = ?", (message_id,)).fetchone()
        if found:
            return Fate(found[0].split(" ")[0])
        waiting = db.execute(
            "select is_active from relay_queue where message_id = ?", (message_id,)
        ).fetchone()
        return None if waiting is None else Fate.UNKNOWN

    def fates(self) -> Iterator[tuple[str, Fate, str]]:
        """Message id, fate and code of all that reached an end."""
        for message_id, told in self._outbox.connection.execute("select message_id, fate from relay_seen"):
            fate, _space, code = told.partition(" ")
            yield message_id, Fate(fate), code

    def _pieces(self, held: tuple[int, int] | None) -> list[tuple[Path, int]]:
        now = self._path.stat()
        if held is None:
            return [(self._path, 0)]
        inode, place = held
        if inode == now.st_ino and place <= now.st_size:
            return [(self._path, place)]
        rotated = self._path.with_name(self._path.name + ".1")
        is_same = rotated.exists() and rotated.stat().st_ino == inode
        return [*([(rotated, place)] if is_same else []), (self._path, 0)]

    def _take(self, line: bytes) -> None:
        found = _LINE.search(line)
        if found is None:
            return
        db, queue, rest = self._outbox.connection, found["queue"].decode(), found["rest"]
        if found["program"] == b"cleanup" and (message := _MESSAGE.search(rest)):
            db.execute("insert or replace into relay_queue values (?, ?, 0)", (queue, message[1].decode()))
        elif found["program"] == b"qmgr" and b"(queue active)" in rest:
            self._see(queue, Fate.ACCEPTED, "")
        elif rest == b"removed":
            db.execute("delete from relay_queue where queue_id = ?", (queue,))
        elif status := _STATUS.search(rest):
            code = _CODE.search(rest)
            self._see(queue, _FATES[status[1]], code[1].decode() if code else "")

    def _see(self, queue: str, fate: Fate, code: str) -> None:
        db = self._outbox.connection
        found = db.execute("select message_id from relay_queue where queue_id = ?", (queue,)).fetchone()
        if found is None:
            return
        if fate is Fate.ACCEPTED:
            db.execute("insert or ignore into relay_seen values (?, ?)", (found[0], fate))
        else:
            db.execute(
                "insert or replace into relay_seen values (?, ?)", (found[0], f"{fate} {code}".strip())
            )


def _whole_lines(path: Path, start: int) -> Iterator[tuple[bytes, int]]:
    """Lines that are written to their end, and where each ends."""
    with path.open("rb") as file:
        file.seek(start)
        while line := file.readline(_LONGEST):
            if not line.endswith(b"\n") and len(line) < _LONGEST:
                return
            yield line, file.tell()
