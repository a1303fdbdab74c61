# SPDX-License-Identifier: Apache-2.0
"""From a place over the network to events: collected into the spool, read as any file, each record once."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.collect.answering import Answers, Asked, Said, serving
from tests.unit.collect.collecting import milliseconds
from tests.unit.collect.elastic_stub import Elastic, document
from tests.unit.collect.test_bucket import S3
from tests.unit.collect.test_iti81 import Hapi, event
from tocsin.collect import http
from tocsin.collect.outcome import CollectReport
from tocsin.collect.run import run as collect
from tocsin.ingest.lookup import texts_at
from tocsin.ingest.run import run as ingest
from tocsin.store.case import Case

COUNT = 12


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "sleep", lambda _: None)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def access(number: int) -> str:
    return (
        f"10.0.0.{number} - user-{number} [21/Jul/2020:12:00:{number:02d} +0000] "
        f'"GET /v1/patients/{number} HTTP/1.1" 200 12 "-" "curl"'
    )


def write_case(folder: Path, url: str, collecting: str) -> None:
    (folder / "case.toml").write_text(
        f"""[case]
id = "X"

[[sources]]
name = "siem"
period = {{ from = 2020-07-21T12:00:00Z, until = 2020-07-21T13:00:00Z }}
collect = {{ url = "{url.rstrip("/")}", {collecting} }}
"""
    )


def gather(folder: Path) -> CollectReport:
    with Case(folder, by="test") as case:
        report = collect(case)
        ingest(case)
        return report


def accounts(folder: Path) -> list[object]:
    with Case(folder, by="test") as case, case.engine("events") as engine:
        return [row[0] for row in engine.rows("select account from events order by occurred_at, account")]


def elastic() -> Answers:
    return Elastic([document(f"d{n}", milliseconds(n), access(n)) for n in range(COUNT)])


def bucket() -> Answers:
    lines = [f"{access(n)}\n".encode() for n in range(COUNT)]
    return S3({f"logs/{n}.gz": gzip.compress(b"".join(lines[n : n + 3])) for n in range(0, COUNT, 3)})


def repository() -> Answers:
    agent = {"requestor": True, "who": {"identifier": {"value": "user"}}}
    events = [
        event(f"e{n}", n, agent=[{**agent, "who": {"identifier": {"value": f"user-{n}"}}}])
        for n in range(COUNT)
    ]
    return Hapi(events)


PLACES: dict[str, tuple[Callable[[], Answers], str, str]] = {
    "elasticsearch": (elastic, 'from = "elasticsearch", index = "logs-*", page = 3, settle = 0', "any"),
    "s3": (bucket, 'from = "s3", bucket = "logs", retries = 0', "AKIA:hunter2"),
    "iti-81": (repository, 'from = "iti-81", page = 3, settle = 0', "oauth-token"),
}


@pytest.fixture(params=list(PLACES))
def place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> tuple[Answers, str]:
    made, collecting, secret = PLACES[request.param]
    monkeypatch.setenv("TOCSIN_COLLECT_SIEM", secret)
    return made(), collecting


def test_every_record_is_an_event_once_however_often_it_is_collected(
    place: tuple[Answers, str], tmp_path: Path
) -> None:
    with serving(place[0]) as server:
        write_case(tmp_path, server.url, place[1])
        first = gather(tmp_path)
        again = gather(tmp_path)
    assert [one.error for one in (*first.collected, *again.collected)] == [None, None]
    assert [one.rows for one in again.collected] == [0]
    assert sorted(map(str, accounts(tmp_path))) == sorted(f"user-{n}" for n in range(COUNT))


def test_every_record_is_an_event_once_when_the_place_breaks_off_again_and_again(
    place: tuple[Answers, str], tmp_path: Path
) -> None:
    answers, collecting = place
    counted = 0

    def breaking(asked: Asked) -> Said:
        nonlocal counted
        counted += 1
        answer = answers(asked)
        if counted in (3, 8, 14) and len(answer.body) > 1:
            answer.cut = len(answer.body) // 2
        return answer

    with serving(breaking) as server:
        write_case(tmp_path, server.url, f"{collecting.replace(', retries = 0', '')}, retries = 0")
        broken = 0
        for _run in range(20):
            report = gather(tmp_path)
            if report.collected[0].error is None:
                break
            broken += 1
    assert broken > 0
    assert report.collected[0].error is None
    assert sorted(map(str, accounts(tmp_path))) == sorted(f"user-{n}" for n in range(COUNT))


def test_event_leads_back_to_what_the_place_gave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_COLLECT_SIEM", "any")
    with serving(elastic()) as server:
        write_case(tmp_path, server.url, PLACES["elasticsearch"][1])
        gather(tmp_path)
    with Case(tmp_path, by="test") as case:
        with case.engine("events") as engine:
            [place] = engine.rows("select file_number, byte_offset from events where account = 'user-7'")
        [text] = texts_at(case, [(int(str(place[0])), int(str(place[1])), 0)]).values()
    hit = json.loads(text)
    assert (hit["_id"], hit["_source"]["message"]) == ("d7", access(7))


def test_case_holds_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_COLLECT_SIEM", "hunter2-token")
    with serving(elastic()) as server:
        write_case(tmp_path, server.url, f'{PLACES["elasticsearch"][1]}, auth = "api-key"')
        gather(tmp_path)
    held = [path for path in tmp_path.rglob("*") if path.is_file() and b"hunter2" in path.read_bytes()]
    assert held == []
