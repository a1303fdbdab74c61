# SPDX-License-Identifier: Apache-2.0
"""The promises of a log format, as checks on its samples in a folder.

It knows its own log and refuses its neighbour; it loses no record; every offset leads back to the bytes; a
log cut at any byte is read up to there; bytes that are no text do not stop it; the same log is read the same
twice; what it reads is what was written down beside the sample.

    folder/sample*        logs of it, recognised without help
    folder/neighbour*     logs that it must refuse
    folder/damaged*       logs of it with broken records
    folder/expected.json  {"sample.log": [{"fate": "event", "account": "…"}, …]}: each record, in order, with
                          the columns that matter; a null one is null
    folder/options.toml   zone and before, where the log's times need them
    folder/README.md      how the samples were made
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from tocsin.core.terms import Action, NonEvent, Outcome
from tocsin.ingest.extract import extract
from tocsin.ingest.interface import Cutter, LogFormat, Mark, ReadOptions, Sample
from tocsin.ingest.recognise import ENOUGH, choose_format, rank_formats
from tocsin.store.engine import Engine

CUTS = 16
"""Places at which a sample is cut."""

Row = dict[str, object]

HOSTILE = (
    b"",
    b"\n",
    b"\x00" * 100,
    b"{" * 5_000,
    b'"' * 999,
    bytes(range(256)),
    b"<a",
    b"[",
    b"\xff\xfe",
)
"""Beginnings of files that are no log."""


@dataclass(frozen=True)
class FormatCase:
    """A format, and a log of it."""

    name: str
    form: LogFormat
    content: bytes
    options: ReadOptions

    def options_for(self, content: bytes) -> ReadOptions:
        """With the header that the log has."""
        header = self.form.header(Sample(self.name, content, whole=True), self.options)
        return replace(self.options, header=header)

    def cutter(self, content: bytes) -> Cutter:
        """A new one, for a log that begins as the sample does."""
        return self.form.cutter(Sample(self.name, content, whole=True), self.options_for(self.content))

    def records(self, content: bytes) -> list[pa.RecordBatch]:
        """What the log is cut into."""
        return list(self.cutter(content).cut(iter([content] if content else [])))

    def rows(self, engine: Engine, content: bytes) -> list[Row]:
        """Every record with its columns, fate and reason, in order."""
        batches = self.records(content)
        if not batches:
            return []
        table = self.form.convert(pa.Table.from_batches(batches))
        extract(engine, self.form.extraction(self.options_for(self.content)), table)
        names = [str(row[0]) for row in engine.rows("describe select * from cut")]
        rows = engine.rows("select * from cut order by byte_offset, item")
        return [dict(zip(names, row, strict=True)) for row in rows]

    def whole_until(self, content: bytes) -> int:
        """Up to where a log cut here holds whole records; the last one may have been cut."""
        cutter = self.cutter(content)
        last = 0
        for batch in cutter.cut(iter([content] if content else [])):
            last = batch.column("byte_offset")[-1].as_py()
        return min(cutter.complete_bytes, last) if cutter.continues else last


def read_options(folder: Path) -> ReadOptions:
    """Zone and anchor of a folder of samples."""
    path = folder / "options.toml"
    said = tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
    return ReadOptions(zone=said.get("zone"), before=said.get("before"))


def cases_of(form: LogFormat, folder: Path, pattern: str = "sample*") -> list[FormatCase]:
    """The logs of a format in a folder."""
    options = read_options(folder)
    return [
        FormatCase(f"{form.name}/{path.name}", form, path.read_bytes(), options)
        for path in sorted(folder.glob(pattern))
    ]


def check_presented(form: LogFormat, folder: Path) -> None:
    """It has a name, a title, a proof, samples, and a page that says how they were made."""
    assert list(folder.glob("sample*")), f"{folder} holds no sample"
    assert (folder / "README.md").is_file(), f"{folder} does not say how its samples were made"
    assert form.name == folder.name
    assert form.title
    assert form.proof


def check_recognised(form: LogFormat, folder: Path) -> None:
    """Among all formats installed, its samples are its own."""
    for path in sorted(folder.glob("sample*")):
        sample = _beginning(path)
        assert choose_format(sample, None).name == form.name, path
        assert all(sure.reason for _, sure in rank_formats(sample))
        assert all(0 < sure.value <= 1 for _, sure in rank_formats(sample))


def check_refuses_neighbours(form: LogFormat, folder: Path) -> None:
    """Logs that look like it are not taken for it."""
    neighbours = sorted(folder.glob("neighbour*"))
    assert neighbours, f"{folder} has no neighbour"
    for path in neighbours:
        assert form.sniff(_beginning(path)).value < ENOUGH, path


def check_sniffs_anything(form: LogFormat) -> None:
    """What is no log is not taken for one, and stops nothing."""
    for head in HOSTILE:
        for whole in (False, True):
            assert form.sniff(Sample("x", head, whole=whole)).value < ENOUGH, head[:20]


def check_accounts_for_all(case: FormatCase) -> None:
    """Every record has one fate, in the contract's words."""
    with Engine(memory="256MiB") as engine:
        rows = case.rows(engine, case.content)
    assert len(rows) == sum(batch.num_rows for batch in case.records(case.content))
    assert len({(row["byte_offset"], row["item"]) for row in rows}) == len(rows)
    assert any(row["fate"] == "event" for row in rows)
    for row in rows:
        assert row["fate"] in {"event", "set_aside", "non_event"}
        if row["fate"] == "event":
            assert (row["reason"], row["occurred_at"] is None) == ("", False)
            assert row["action"] in list(Action)
            assert row["outcome"] in list(Outcome)
        else:
            assert row["reason"]
        if row["fate"] == "non_event":
            assert row["reason"] in list(NonEvent)


def check_leads_back(case: FormatCase) -> None:
    """Where a record is said to begin, its bytes begin."""
    for batch in case.records(case.content):
        for row in batch.to_pylist():
            start = row["byte_offset"]
            assert row["line_number"] == case.content.count(b"\n", 0, start) + 1
            if row["mark"] is not None:
                assert row["mark"] in list(Mark)
                continue
            if not case.form.is_text:
                continue
            begun = case.content[start:].lstrip(b"\xef\xbb\xbf \t\r\n,")
            assert begun.startswith(row["record"].strip().encode()[:20])


def check_survives_cuts(case: FormatCase) -> None:
    """A log cut at any byte gives the records before the cut, as they are in the whole log."""
    with Engine(memory="256MiB", threads=1) as engine:
        whole = {(row["byte_offset"], row["item"]): row for row in case.rows(engine, case.content)}
        for place in range(0, len(case.content), max(1, len(case.content) // CUTS)):
            until = case.whole_until(case.content[:place])
            rows = case.rows(engine, case.content[:place])
            before = [row for row in rows if _offset(row) < until]
            for row in before:
                same = whole[row["byte_offset"], row["item"]]
                assert row == {name: same[name] for name in row}
            wanted = [offset for offset, row in whole.items() if _offset(row) < until]
            assert [(row["byte_offset"], row["item"]) for row in before] == wanted


def check_survives_bytes(case: FormatCase) -> None:
    """Bytes that are no text, NUL and terminal escapes, at any place: read, or set aside, never lost."""
    with Engine(memory="256MiB", threads=1) as engine:
        for noise in (b"\xff\xfe\x80", b"\x00\x00", b"\x1b[2J\x1b]0;x\x07", b"\r"):
            for place in range(0, len(case.content), max(1, len(case.content) // 3)):
                content = case.content[:place] + noise + case.content[place:]
                rows = case.rows(engine, content)
                assert len(rows) == sum(batch.num_rows for batch in case.records(content))


def check_same_twice(case: FormatCase) -> None:
    """One log, one reading, whatever the threads."""
    with Engine(memory="256MiB") as engine:
        first = case.rows(engine, case.content)
    with Engine(memory="256MiB", threads=1) as engine:
        assert case.rows(engine, case.content) == first


def check_reads_as_expected(form: LogFormat, folder: Path) -> None:
    """Each record of samples and damaged logs says what `expected.json` says that it does."""
    path = folder / "expected.json"
    assert path.is_file(), f"{folder} has no expected.json"
    expected: dict[str, list[Row]] = json.loads(path.read_text("utf-8"))
    cases = {case.name.rpartition("/")[2]: case for case in cases_of(form, folder, "[sd]*")}
    cases = {name: case for name, case in cases.items() if name.startswith(("sample", "damaged"))}
    assert set(expected) == set(cases), "expected.json and the samples are not the same files"
    for name, case in cases.items():
        with Engine(memory="256MiB") as engine:
            found = list(plain_rows(case.rows(engine, case.content)))
        assert len(found) == len(expected[name]), name
        for number, (row, wanted) in enumerate(zip(found, expected[name], strict=True), start=1):
            assert {key: row.get(key) for key in wanted} == wanted, f"{name}, record {number}"


def check_damage_is_seen(form: LogFormat, folder: Path) -> None:
    """A damaged log gives its good records, and something set aside or flagged."""
    damaged = cases_of(form, folder, "damaged*")
    assert damaged, f"{folder} has no damaged log"
    for case in damaged:
        with Engine(memory="256MiB") as engine:
            rows = case.rows(engine, case.content)
        assert any(row["fate"] == "event" for row in rows), case.name
        assert any(row["fate"] == "set_aside" or row.get("flags") for row in rows), case.name


def _beginning(path: Path) -> Sample:
    content = path.read_bytes()
    return Sample(path.name, content[: 64 << 10], whole=len(content) <= 64 << 10)


def _offset(row: Row) -> int:
    return int(str(row["byte_offset"]))


def plain_rows(rows: list[Row]) -> Iterator[Row]:
    """As JSON has them: instants as ISO 8601 in UTC, `detail` as an object, what is null absent."""
    for row in rows:
        plain = {
            key: value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value
            for key, value in row.items()
            if value is not None
        }
        if isinstance(plain.get("detail"), str):
            plain["detail"] = json.loads(str(plain["detail"]))
        yield plain
