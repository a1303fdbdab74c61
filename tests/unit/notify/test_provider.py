# SPDX-License-Identifier: Apache-2.0
"""A firm over HTTP that times out after it took a batch, is busy, refuses: each letter leaves once."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.unit.notify.scenes import email_settings, person, told_case
from tests.unit.notify.test_genuine import PAGE
from tocsin.cli.main import run_command
from tocsin.core.errors import InputError, MachineError
from tocsin.core.one_host import OneHost
from tocsin.notify.after import Balance, balance, follow_up
from tocsin.notify.delivery import PROVIDER_VARIABLE, send_all
from tocsin.notify.outbox import Outbox
from tocsin.notify.waves import release
from tocsin.store.case import Case


@dataclass
class Firm:
    """What it took, and how it is to behave."""

    port: int = 0
    taken: list[str] = field(default_factory=list)
    batches: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    reject: set[str] = field(default_factory=set)
    """Letters to these names are rejected."""

    silent_after_taking: int = 0
    busy: int = 0
    status: int = 200
    is_gone: bool = False
    tokens: set[str] = field(default_factory=set)

    def take(self, batch: str, told: dict[str, object]) -> list[dict[str, str]]:
        """Twice is once."""
        if batch not in self.batches:
            pages = base64.b64decode(str(told["letters"]))
            assert hashlib.sha256(pages).hexdigest() == told["letters_sha256"]
            assert pages.startswith(b"%PDF-1.4")
            items: list[dict[str, object]] = told["items"]  # type: ignore[assignment]
            self.batches[batch] = [self._item(item) for item in items]
        return self.batches[batch]

    def _item(self, item: dict[str, object]) -> dict[str, str]:
        reference, lines = str(item["reference"]), item["lines"]
        if any(name in str(lines) for name in self.reject):
            return {"reference": reference, "state": "rejected", "code": "ADDR-07 <b>"}
        assert reference not in self.taken
        self.taken.append(reference)
        self.states[reference] = "accepted"
        return {"reference": reference, "state": "accepted"}


class _Handler(BaseHTTPRequestHandler):
    def do_PUT(self) -> None:
        firm, told = self._asked()
        if firm.is_gone:
            return None
        if firm.busy > 0:
            firm.busy -= 1
            return self._say(503, {})
        if firm.status != 200:
            return self._say(firm.status, {"error": "Anne Durand1 lives nowhere"})
        items = firm.take(self.path.rpartition("/")[2], told)
        if firm.silent_after_taking > 0:
            firm.silent_after_taking -= 1
            time.sleep(1.2)
            return None
        return self._say(200, {"items": items})

    def do_POST(self) -> None:
        firm, told = self._asked()
        if firm.is_gone:
            return
        references: list[str] = told["references"]  # type: ignore[assignment]
        states = [{"reference": one, "state": firm.states.get(one, "unknown")} for one in references]
        self._say(200, {"items": states})

    def _asked(self) -> tuple[Firm, dict[str, object]]:
        firm: Firm = self.server.firm  # type: ignore[attr-defined]
        firm.tokens.add(str(self.headers["authorization"]))
        return firm, json.loads(self.rfile.read(int(self.headers["content-length"])))

    def _say(self, status: int, told: object) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Quiet."""


@contextmanager
def open_firm() -> Iterator[Firm]:
    firm = Firm()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.firm = firm  # type: ignore[attr-defined]
        firm.port = server.server_port
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield firm
        server.shutdown()


@pytest.fixture
def firm(monkeypatch: pytest.MonkeyPatch) -> Iterator[Firm]:
    monkeypatch.setenv(PROVIDER_VARIABLE, "a-token")
    with open_firm() as firm:
        yield firm


def released(folder: Path, firm: Firm, persons: int = 5) -> None:
    post = (
        f'[notify.post]\nprovider = "http://127.0.0.1:{firm.port}/v1"\ntimeout = 0.6\nbatch = 2\n'
        + email_settings(9)
    )
    rows = [person(number, email=None) for number in range(1, persons + 1)]
    with told_case(folder, rows, notify='prefer = "post"\n' + PAGE, settings=post) as case:
        release(case, why="read", named="DPO")


def send(folder: Path) -> None:
    send_all(lambda read_only: Case(folder, by="DPO", read_only=read_only), ("post",), None)


def told(folder: Path) -> Balance:
    with Case(folder, by="DPO") as case, closing(Outbox.open(folder)) as outbox:
        follow_up(case, outbox)
        return balance(case, outbox)


def test_letters_are_taken_once_and_followed_to_their_end(tmp_path: Path, firm: Firm) -> None:
    released(tmp_path, firm)
    send(tmp_path)
    assert (len(firm.taken), told(tmp_path).under_way) == (5, {"accepted": 5})
    assert firm.tokens == {"Bearer a-token"}
    firm.states = dict(zip(firm.taken, ["delivered"] * 4 + ["returned"], strict=True))
    assert run_command(["notify", str(tmp_path), "status", "--by", "DPO", "--json"]) == 0
    found = told(tmp_path)
    assert (found.delivered, found.failed, found.is_closed) == (4, 1, True)


def test_batch_that_was_taken_before_the_answer_was_lost_is_not_sent_again(
    tmp_path: Path, firm: Firm
) -> None:
    released(tmp_path, firm)
    firm.silent_after_taking = 1
    send(tmp_path)
    assert len(firm.taken) == len(set(firm.taken)) == 5
    assert told(tmp_path).under_way == {"accepted": 5}


def test_busy_firm_gets_the_letters_later(tmp_path: Path, firm: Firm) -> None:
    released(tmp_path, firm)
    firm.busy = 1
    send(tmp_path)
    assert (len(firm.taken), told(tmp_path).under_way) == (3, {"queued": 2, "accepted": 3})


def test_rejected_letter_is_failed_under_the_firm_s_code(tmp_path: Path, firm: Firm) -> None:
    released(tmp_path, firm)
    firm.reject = {"DURAND3"}
    send(tmp_path)
    assert (told(tmp_path).failed, len(firm.taken)) == (1, 4)
    with closing(Outbox.open(tmp_path)) as outbox:
        assert ("post", "failed", "bounced ADDR-07b", 1) in outbox.reasons()


def test_refusal_takes_nothing_and_quotes_nothing(tmp_path: Path, firm: Firm) -> None:
    released(tmp_path, firm)
    firm.status = 401
    with pytest.raises(MachineError, match=r"refuses \(401\)") as refused:
        send(tmp_path)
    assert "Durand" not in str(refused.value)
    assert told(tmp_path).under_way == {"queued": 5}
    firm.status = 200
    send(tmp_path)
    assert len(firm.taken) == 5


def test_firm_that_is_not_there_leaves_everything_in_doubt_until_it_is(tmp_path: Path, firm: Firm) -> None:
    released(tmp_path, firm, persons=2)
    firm.is_gone = True
    send(tmp_path)
    assert told(tmp_path).under_way == {"uncertain": 2}
    assert not firm.taken


def test_token_is_asked_for(tmp_path: Path, firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    released(tmp_path, firm, persons=1)
    monkeypatch.delenv(PROVIDER_VARIABLE)
    with pytest.raises(InputError, match="needs its token"):
        send(tmp_path)


@pytest.mark.parametrize(
    "url", ["http://example.org/x", "ftp://example.org", "https://me:pw@example.org", "nothing"]
)
def test_address_that_is_open_holds_a_password_or_is_none_is_refused(url: str) -> None:
    with pytest.raises(InputError) as refused:
        OneHost(url)
    assert "pw" not in str(refused.value)
