# SPDX-License-Identifier: Apache-2.0
"""Any bytes are a log: nothing stops ingestion, every record has one fate, and how files came is nothing."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contracts.test_formats import cases
from tests.unit.ingest.scenes import GATEWAY, WEB, Scene, gateway_line, web_line
from tocsin.store.engine import Engine
from tocsin.testing.formats import FormatCase

FIRST = {case.name.partition("/")[0]: case for case in reversed(cases())}
"""One log of each format: there are many, and each example plans a statement of some hundred lines."""

each = pytest.mark.parametrize("case", FIRST.values(), ids=lambda case: case.name)
# One example is a whole case, read by the engine.
few = settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """A log with some stretches taken out, doubled, or overwritten by anything."""
    for _ in range(draw(st.integers(0, 4))):
        start, stop = sorted((draw(st.integers(0, len(content))), draw(st.integers(0, len(content)))))
        middle = draw(st.one_of(st.binary(max_size=12), st.just(content[start:stop] * 2), st.just(b"")))
        content = content[:start] + middle + content[stop:]
    return content


@pytest.fixture(scope="module")
def engine() -> object:
    with Engine(memory="256MiB", threads=1) as one:
        yield one


@each
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_any_bytes_are_read_and_every_record_has_one_fate(
    case: FormatCase, engine: Engine, data: st.DataObject
) -> None:
    content = data.draw(st.one_of(damaged(case.content), st.binary(max_size=300)))
    rows = case.rows(engine, content)
    assert len(rows) == sum(batch.num_rows for batch in case.records(content))
    fates = Counter(row["fate"] for row in rows)
    assert fates["event"] + fates["set_aside"] + fates["non_event"] == len(rows)
    for row in rows:
        assert (row["fate"] == "event") == (row["reason"] == "")
        assert 0 <= int(str(row["byte_offset"])) <= len(content)


LINES = st.lists(
    st.one_of(
        st.builds(
            lambda second, request, person: gateway_line(
                second, rid=f"r{request}", patient=f"P{person}", user="x"
            ),
            st.integers(0, 30),
            st.integers(0, 4),
            st.integers(0, 2),
        ),
        st.sampled_from(["", "garbage", '{"kind":"heartbeat"}', '{"user":"x"}', '{"ts":"2024-06-11T10:0']),
    ),
    max_size=12,
)


def facts(scene: Scene) -> tuple[object, ...]:
    """What is known of the events whatever their numbers."""
    rows = scene.rows("events")
    at = {row["event_id"]: (row["occurred_at"], row["person"]) for row in rows}
    told = sorted(
        (str(row["occurred_at"]), str(row["request"]), str(row["person"]), str(at.get(row["retry_of"])))
        for row in rows
    )
    return told, scene.fates()


@few
@given(lines=LINES, cuts=st.lists(st.integers(0, 1_500), max_size=3))
def test_file_that_grows_in_steps_is_read_as_at_once(lines: list[str], cuts: list[int]) -> None:
    content = "".join(line + "\n" for line in lines).encode()
    with tempfile.TemporaryDirectory() as folder:
        steps, once = (Scene(Path(folder) / name, GATEWAY) for name in ("steps", "once"))
        for place in [*sorted(cuts), len(content)]:
            steps.write("logs/a.log", content[:place])
            steps.ingest()
        once.write("logs/a.log", content)
        once.ingest()
        assert steps.rows("events") == once.rows("events")
        assert steps.rows("set_aside") == once.rows("set_aside")
        assert steps.rows("accounting") == once.rows("accounting")
        assert steps.ingest().is_current


@few
@given(files=st.lists(LINES, min_size=2, max_size=3), data=st.data())
def test_order_in_which_files_come_changes_no_event(files: list[list[str]], data: st.DataObject) -> None:
    contents = {f"logs/{n}.log": "".join(line + "\n" for line in lines) for n, lines in enumerate(files)}
    order = data.draw(st.permutations(sorted(contents)))
    with tempfile.TemporaryDirectory() as folder:
        steps, once = (Scene(Path(folder) / name, GATEWAY) for name in ("steps", "once"))
        for name in order:
            steps.write(name, contents[name])
            steps.ingest()
        for name, content in contents.items():
            once.write(name, content)
        once.ingest()
        assert facts(steps) == facts(once)
        assert steps.ingest().is_current


@few
@given(
    content=st.lists(st.one_of(st.builds(web_line, st.integers(0, 50)), st.text(max_size=20)), max_size=20)
)
def test_accounting_of_a_case_closes(content: list[str]) -> None:
    raw = "\n".join(content).encode("utf-8", "replace")
    with tempfile.TemporaryDirectory() as folder:
        scene = Scene(Path(folder) / "case", WEB)
        scene.write("logs/a.log", raw)
        report = scene.ingest()
        fates = Counter({row["fate"]: 0 for row in scene.rows("accounting")})
        for row in scene.rows("accounting"):
            fates[row["fate"]] += int(str(row["records"]))
        lines = raw.count(b"\n") + (0 if not raw or raw.endswith(b"\n") else 1)
        assert sum(fates.values()) == report.records == lines
        assert fates["event"] == len(scene.rows("events"))
        assert fates["set_aside"] == len(scene.rows("set_aside"))
        for row in [*scene.rows("events"), *scene.rows("set_aside")]:
            start = int(str(row["byte_offset"]))
            assert start == 0 or raw[start - 1 : start] == b"\n"
            assert row["line_number"] == raw.count(b"\n", 0, start) + 1
