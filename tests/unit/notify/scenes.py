# SPDX-License-Identifier: Apache-2.0
"""Cases with persons to tell, and a relay of our own that answers as it is told and logs as Postfix does."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

from tests.made_case import NOON, make_case
from tocsin.store.case import Case

TEXTS = """
[notify]
sender = "Clinique des Lices"
phone = "02 99 00 00 00"
dpo = "Anne Le Gall"
[notify.fr]
what_happened = "Un compte a été utilisé sans droit."
consequences = "Quelqu’un peut chercher à vous tromper."
measures = "Le compte est bloqué."
authorities = "La CNIL est prévenue."
"""


def email_settings(port: int, log: str = "mail.log", more: str = "") -> str:
    return (
        f'[notify.email]\nfrom = "notice@example.org"\nport = {port}\nrelay_log = "{log}"\n'
        f"timeout = 1.0\nlease = 2.0\nbatch = 20\n{more}\n"
    )


def person(number: int, **columns: object) -> dict[str, object]:
    """A row of the registry."""
    return {
        "registry": "patients",
        "person": f"P{number:06}",
        "controller": "c1",
        "family_name": f"Durand{number}",
        "given_names": "Anne",
        "birth_date": datetime(1960, 1, 1, tzinfo=UTC).date(),
        "email": f"p{number}@example.com",
        "address": f"{number} rue des Lices, 35000, Rennes",
        **columns,
    }


def exposed(
    number: int, *categories: str, count_in: str = "floor", certainty: str = "shown"
) -> list[dict[str, object]]:
    return [
        {
            "person_id": number,
            "category": category,
            "certainty": certainty,
            "count_in": count_in,
            "first_at": NOON,
            "last_at": NOON + timedelta(hours=1),
            "events": 1,
            "protection": ["clear"],
            "controllers": ["c1"],
        }
        for category in categories or ("identity.name",)
    ]


def told_case(
    folder: Path,
    rows: Sequence[Mapping[str, object]],
    *,
    settings: str = "",
    notify: str = "",
    exposure: Sequence[Mapping[str, object]] | None = None,
) -> Case:
    """A case of which these rows of a registry, one person each from 1 on, are to be told."""
    persons = [
        {
            "registry": "patients",
            "person": row["person"],
            "own_id": number,
            "person_id": number,
            "sure_id": number,
            "reason": "alone",
            "sure": True,
        }
        for number, row in enumerate(rows, start=1)
    ]
    shown = exposure
    if shown is None:
        shown = [row for number in range(1, len(rows) + 1) for row in exposed(number)]
    return make_case(
        folder,
        settings=TEXTS.replace("[notify]\n", f"[notify]\n{notify}\n") + settings,
        registry=rows,
        persons=persons,
        exposure=shown,
        controllers=[{"controller": "c1", "name": "Hôpital du Port", "finess": None}],
    )


@dataclass
class Sink:
    """What a relay took, and how it is to answer."""

    log: Path
    port: int = 0
    taken: list[bytes] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    """Mailbox: the answer to it."""
    drop_after_data: int = 0
    """So many messages are taken, and the connection cut before the answer."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ids(self) -> list[str]:
        return [str(message_from_bytes(raw)["Message-ID"]) for raw in self.taken]

    def mailboxes(self) -> list[str]:
        return [str(message_from_bytes(raw)["To"]) for raw in self.taken]

    def take(self, raw: bytes) -> bool:
        """Whether the answer is given."""
        with self.lock:
            self.taken.append(raw)
            number = f"{len(self.taken):010X}"
            message_id = re.search(rb"Message-ID: (<[^>]+>)", raw)
            assert message_id
            with self.log.open("ab") as log:
                for line in (
                    b"smtpd[1]: %s: client=localhost[127.0.0.1]",
                    b"cleanup[2]: %s: message-id=" + message_id[1],
                    b"qmgr[3]: %s: from=<a@example.org>, size=900, nrcpt=1 (queue active)",
                    b"smtp[4]: %s: to=<x@example.com>, relay=none, delay=1, dsn=2.0.0, status=sent (250 ok)",
                    b"qmgr[3]: %s: removed",
                ):
                    log.write(b"Nov 22 03:00:00 mx postfix/" + line.replace(b"%s", number.encode()) + b"\n")
            self.drop_after_data -= 1
            return self.drop_after_data < 0


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        sink: Sink = self.server.sink  # type: ignore[attr-defined]
        self._say("220 sink")
        while line := self.rfile.readline().decode().strip():
            word = line.split(":")[0].upper()
            if word == "MAIL FROM":
                sink.senders.append(line.split("<")[1].split(">")[0])
            if word == "RCPT TO":
                self._say(sink.refuse.get(line.split("<")[1].split(">")[0], "250 ok"))
            elif word == "DATA":
                self._say("354 go")
                lines = iter(self.rfile.readline, b".\r\n")
                raw = b"".join(line.removeprefix(b".") for line in lines)  # RFC 5321, section 4.5.2
                if not sink.take(raw):
                    return None
                self._say("250 taken")
            elif word == "QUIT":
                return self._say("221 bye")
            else:
                self._say("250 ok")
        return None

    def _say(self, answer: str) -> None:
        self.wfile.write(answer.encode() + b"\r\n")


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is no fault of the sink."""


@contextmanager
def sink(log: Path) -> Iterator[Sink]:
    """A relay on a free port of loopback."""
    held = Sink(log)
    with _Server(("127.0.0.1", 0), _Session) as server:
        server.sink = held  # type: ignore[attr-defined]
        held.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield held
        finally:
            server.shutdown()
            thread.join()
