# SPDX-License-Identifier: Apache-2.0
"""What every installed format keeps, built-in or not, on its sample in tests/samples/<name>/.

It knows its own log and refuses its neighbour; it loses no record; every offset leads back; a log cut at any
byte is read up to there; the same log is read the same twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest

from tocsin.core.settings import load_mapping
from tocsin.core.terms import Action, NonEvent, Outcome
from tocsin.ingest.extract import extract
from tocsin.ingest.interface import LogFormat, Mark, ReadOptions, Sample
from tocsin.ingest.recognise import ENOUGH, choose_format, known_formats, rank_formats
from tocsin.store.engine import Engine

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
FORMATS = known_formats()


@dataclass(frozen=True)
class Case:
    """A format and a log of it."""

    name: str
    form: LogFormat
    content: bytes
    options: ReadOptions

    def options_for(self, content: bytes) -> ReadOptions:
        sample = Sample(self.name, content, whole=True)
        header = self.form.header(sample, self.options)
        return ReadOptions(zone=self.options.zone, mapping=self.options.mapping, header=header)

    def records(self, content: bytes) -> list[pa.RecordBatch]:
        sample = Sample(self.name, content, whole=True)
        cutter = self.form.cutter(sample, self.options_for(self.content))
        return list(cutter.cut(iter([content] if content else [])))

    def whole_until(self, content: bytes) -> int:
        """Up to where a log cut here holds whole records; the last one may have been cut."""
        cutter = self.form.cutter(Sample(self.name, content, whole=True), self.options_for(self.content))
        last = 0
        for batch in cutter.cut(iter([content] if content else [])):
            last = batch.column("byte_offset")[-1].as_py()
        return min(cutter.complete_bytes, last) if cutter.continues else last

    def rows(self, engine: Engine, content: bytes) -> list[dict[str, object]]:
        batches = self.records(content)
        if not batches:
            return []
        table = self.form.convert(pa.Table.from_batches(batches))
        extract(engine, self.form.extraction(self.options_for(self.content)), table)
        names = [str(row[0]) for row in engine.rows("describe select * from cut")]
        rows = engine.rows("select * from cut order by byte_offset, item")
        return [dict(zip(names, row, strict=True)) for row in rows]


def cases() -> list[Case]:
    found = []
    for name, form in FORMATS.items():
        if name == "mapped":
            for path in sorted((SAMPLES / name).glob("*.toml")):
                options = ReadOptions(mapping=load_mapping(path))
                content = path.with_suffix(".sample").read_bytes()
                found.append(Case(f"mapped {path.stem}", form, content, options))
        else:
            found += [
                Case(name, form, p.read_bytes(), ReadOptions())
                for p in sorted((SAMPLES / name).glob("sample*"))
            ]
    return found


CASES = cases()
each = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@pytest.mark.parametrize("name", FORMATS)
def test_format_has_a_sample_and_says_how_it_was_made(name: str) -> None:
    assert any(case.form is FORMATS[name] for case in CASES)
    assert (SAMPLES / name / "README.md").is_file()
    assert FORMATS[name].name == name
    assert FORMATS[name].title
    assert FORMATS[name].proof


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"mapped"}))
def test_format_is_recognised_alone(name: str) -> None:
    for path in (SAMPLES / name).glob("sample*"):
        sample = Sample(path.name, path.read_bytes(), whole=True)
        assert choose_format(sample, None).name == name
        assert all(sure.reason for _, sure in rank_formats(sample))
        assert all(0 < sure.value <= 1 for _, sure in rank_formats(sample))


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"mapped"}))
def test_format_refuses_its_neighbour(name: str) -> None:
    neighbours = list((SAMPLES / name).glob("neighbour*"))
    assert neighbours
    for path in neighbours:
        sample = Sample(path.name, path.read_bytes(), whole=True)
        assert FORMATS[name].sniff(sample).value < ENOUGH


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    "head", [b"", b"\n", b"\x00" * 100, b"{" * 5_000, b'"' * 999, bytes(range(256)), b"<a", b"[", b"\xff\xfe"]
)
def test_format_sniffs_anything(name: str, head: bytes) -> None:
    for whole in (False, True):
        assert FORMATS[name].sniff(Sample("x", head, whole=whole)).value < ENOUGH


@each
def test_every_record_has_one_fate(case: Case) -> None:
    with Engine(memory="256MiB") as engine:
        rows = case.rows(engine, case.content)
    assert len(rows) == sum(batch.num_rows for batch in case.records(case.content))
    assert len({(row["byte_offset"], row["item"]) for row in rows}) == len(rows)
    assert {row["fate"] for row in rows} <= {"event", "set_aside", "non_event"}
    assert any(row["fate"] == "event" for row in rows)
    for row in rows:
        if row["fate"] == "event":
            assert (row["reason"], row["occurred_at"] is None) == ("", False)
            assert row["action"] in list(Action)
            assert row["outcome"] in list(Outcome)
        else:
            assert row["reason"]
        if row["fate"] == "non_event":
            assert row["reason"] in list(NonEvent)


@each
def test_every_offset_leads_back_to_its_record(case: Case) -> None:
    for batch in case.records(case.content):
        for row in batch.to_pylist():
            start = row["byte_offset"]
            assert row["line_number"] == case.content.count(b"\n", 0, start) + 1
            if row["mark"] is None:
                assert row["record"].strip().encode() in case.content[start : start + len(case.content)]
                assert (
                    case.content[start:]
                    .lstrip(b"\xef\xbb\xbf \t\r\n,")
                    .startswith(row["record"].strip().encode()[:20])
                )
            else:
                assert row["mark"] in list(Mark)


@each
def test_log_cut_at_any_byte_is_read_up_to_there(case: Case) -> None:
    with Engine(memory="256MiB", threads=1) as engine:
        whole = {row["byte_offset"]: row for row in case.rows(engine, case.content)}
        step = max(1, len(case.content) // 60)
        for place in range(0, len(case.content), step):
            rows = case.rows(engine, case.content[:place])
            until = case.whole_until(case.content[:place])
            for row in rows:
                if int(str(row["byte_offset"])) < until:
                    same = whole[row["byte_offset"]]
                    assert row == {name: same[name] for name in row}
            assert [row["byte_offset"] for row in rows if int(str(row["byte_offset"])) < until] == [
                offset for offset in whole if int(str(offset)) < until
            ]


@each
def test_log_is_read_the_same_twice(case: Case) -> None:
    with Engine(memory="256MiB") as engine:
        first = case.rows(engine, case.content)
    with Engine(memory="256MiB", threads=1) as engine:
        again = case.rows(engine, case.content)
    assert first == again
