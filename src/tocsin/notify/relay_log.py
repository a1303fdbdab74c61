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
    rb"postfix(?:-[\w.-]+)?/(?:[\w-]+/)*(?P<program>[a-z]+)\[(?P<process>\d+)\]: "
    rb"(?:(?P<queue>[0-9A-Za-z]{5,20}): )?(?P<rest>.*)"
)
_CUT: Final = (b"lost connection after", b"timeout after")
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
        waiting = db.execute("select 1 from relay_queue where message_id = ?", (message_id,)).fetchone()
        return None if waiting is None else Fate.UNKNOWN

    def apply(self) -> None:
        """Let the outbox's notices follow what the log says of them."""
        with self._outbox.changing() as db:
            db.execute(
                "update notice set state = 'delivered' where state in ('accepted', 'uncertain')"
                " and message_id in (select message_id from relay_seen where fate like 'delivered%')"
            )
            db.execute(
                "update notice set state = 'failed', reason ="
                " (select fate from relay_seen as s where s.message_id = notice.message_id)"
                " where state in ('accepted', 'uncertain')"
                " and message_id in (select message_id from relay_seen where fate like 'bounced%')"
            )

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
        db, program, rest = self._outbox.connection, found["program"], found["rest"]
        if found["queue"] is None:
            if program == b"smtpd" and rest.startswith(_CUT):
                # What it was taking, and the queue manager does not have, is thrown away.
                db.execute("delete from relay_queue where process = ?", (int(found["process"]),))
            return
        queue = found["queue"].decode()
        if program == b"smtpd" and rest.startswith(b"client="):
            process = int(found["process"])
            db.execute("insert or replace into relay_queue values (?, null, ?)", (queue, process))
        elif program == b"cleanup" and (message := _MESSAGE.search(rest)):
            db.execute("insert or ignore into relay_queue (queue_id) values (?)", (queue,))
            db.execute(
                "update relay_queue set message_id = ? where queue_id = ?", (message[1].decode(), queue)
            )
        elif program == b"qmgr" and b"(queue active)" in rest:
            self._see(queue, Fate.ACCEPTED, "")
        elif rest == b"removed":
            db.execute("delete from relay_queue where queue_id = ?", (queue,))
        elif status := _STATUS.search(rest):
            code = _CODE.search(rest)
            self._see(queue, _FATES[status[1]], code[1].decode() if code else "")

    def _see(self, queue: str, fate: Fate, code: str) -> None:
        db = self._outbox.connection
        found = db.execute("select message_id from relay_queue where queue_id = ?", (queue,)).fetchone()
        if found is None or found[0] is None:
            return
        db.execute("update relay_queue set process = 0 where queue_id = ?", (queue,))
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
