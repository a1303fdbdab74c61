# SPDX-License-Identifier: Apache-2.0
"""IHE ITI-82 against a stub written from documentation: JSON and XML answers, spans that hold both bounds."""

from __future__ import annotations

import json
from datetime import datetime
from xml.sax.saxutils import escape

import pytest

from tests.unit.collect.answering import Asked, Said, said, serving
from tests.unit.collect.collecting import at, brought, codes, collect, source
from tocsin.collect.collectors.iti82 import Iti82
from tocsin.collect.interface import Page
from tocsin.core.errors import MachineError, SettingsError
from tocsin.ingest.interface import Sample
from tocsin.ingest.recognise import choose_format

AUDIT = (
    '<AuditMessage><EventIdentification EventDateTime="{at}" EventActionCode="R" EventOutcomeIndicator="0"/>'
    "</AuditMessage>"
)


class Repository:
    """The stub."""

    def __init__(self, seconds: list[float]) -> None:
        self.seconds = seconds
        self.wrapped: str | None = "Events"
        self.bare = False

    def __call__(self, asked: Asked) -> Said:
        assert asked.path == "/syslogsearch"
        since, until = (value for key, value in asked.params if key == "date")
        assert (since[:2], until[:2]) == ("ge", "le")
        first, last = datetime.fromisoformat(since[2:]), datetime.fromisoformat(until[2:])
        found = [s for s in self.seconds if first <= datetime.fromisoformat(at(s)) <= last]
        if asked.param("_format") == "xml":
            return Said(f"<Events>{''.join(map(self._element, found))}</Events>".encode())
        messages: list[object] = [self._message(s) for s in found]
        return said(messages if self.wrapped is None else {self.wrapped: messages})

    def _message(self, second: float) -> object:
        if self.bare:
            return f"<85>1 {at(second)} host app - IHE+RFC-3881 - {AUDIT.format(at=at(second))}"
        return {
            "Pri": 85,
            "Version": "1",
            "Timestamp": at(second),
            "Hostname": "arr",
            "App-name": "app",
            "Msg-id": "IHE+RFC-3881",
            "Msg": AUDIT.format(at=at(second)),
        }

    def _element(self, second: float) -> str:
        message = escape(AUDIT.format(at=at(second)))
        members = {"Pri": "85", "Timestamp": at(second), "Hostname": "a", "Msg": message}
        return f"<Event>{''.join(f'<{key}>{text}</{key}>' for key, text in members.items())}</Event>"


def run(stub: object, stands: list[Page] | None = None, **keys: object) -> list[Page]:
    with serving(stub) as server:  # type: ignore[arg-type]
        return collect(Iti82(), source("iti-82", server.url, **{"window": 600, **keys}), stands)


@pytest.mark.parametrize("answer", ["json", "xml"])
@pytest.mark.parametrize("wrapped", ["Events", None])
def test_collector_brings_every_message_once_over_adjacent_spans(answer: str, wrapped: str | None) -> None:
    stub = Repository([0, 1, 599.999, 600, 1200, 3599])
    stub.wrapped = wrapped
    pages = run(stub, answer=answer)
    assert [one["Timestamp"] for one in brought(pages)] == [at(s) for s in stub.seconds]
    assert codes(pages) == []


def test_collector_takes_a_bare_syslog_frame_for_a_message() -> None:
    stub = Repository([0, 600, 1200])
    stub.bare = True
    pages = run(stub)
    assert [str(one["Msg"])[:10] for one in brought(pages)] == ["<85>1 2020"] * 3


def test_collector_goes_on_behind_any_span() -> None:
    stub = Repository([float(n) for n in range(0, 3600, 200)])
    whole = run(stub)
    for stop in range(1, len(whole) + 1):
        again = brought([*whole[:stop], *run(stub, whole[:stop])])
        assert [one["Timestamp"] for one in again] == [at(s) for s in stub.seconds]


def test_collected_messages_are_read_by_their_own_format() -> None:
    records = b"".join(page.records for page in run(Repository([1, 2, 3])))
    form = choose_format(Sample("x", records, whole=True), None)
    assert form.name == "atna-audit-message in iti-82:Msg"


def test_collector_says_that_a_message_carries_no_time() -> None:
    pages = run(lambda _: said([{"Msg": "no header"}]), window=3600)
    assert (len(brought(pages)), codes(pages)) == (1, ["timeless"])


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        ("json", b"["),
        ("json", b"{}"),
        ("json", b"[1]"),
        ("json", b'{"a":[],"b":[]}'),
        ("json", b"<html/>"),
        ("xml", b"<a>"),
        ("xml", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a><b>&x;</b></a>'),
        ("xml", b"[]"),
    ],
)
def test_collector_takes_no_answer_that_is_something_else(answer: str, body: bytes) -> None:
    with pytest.raises(MachineError) as caught:
        run(lambda _: Said(body), answer=answer)
    assert caught.value.code == "bad_answer"


def test_collector_keeps_xml_that_stands_within_a_message() -> None:
    body = f"<S><E><Timestamp>{at(1)}</Timestamp><Msg><AuditMessage a='1'>x</AuditMessage></Msg></E></S>"
    pages = run(lambda _: Said(body.encode()), answer="xml", window=3600)
    assert brought(pages)[0]["Msg"] == '<AuditMessage a="1">x</AuditMessage>'


@pytest.mark.parametrize("keys", [{"params": {"date": "ge2020"}}, {"answer": "csv"}, {"window": 0}])
def test_collector_refuses_settings_that_do_not_suit(keys: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        collect(Iti82(), source("iti-82", "https://x/", **keys))


def test_records_are_one_object_a_line() -> None:
    lines = run(Repository([1, 2]))[0].records.splitlines()
    assert len(lines) == 2
    assert all(isinstance(json.loads(line), dict) for line in lines)
