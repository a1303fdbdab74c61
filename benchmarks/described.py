# SPDX-License-Identifier: Apache-2.0
"""Every described format on a log of a given size, beside the bare engine and plain Python, in one run.

The log is the format's own sample, repeated, each copy with request ids of its own. `engine` is what DuckDB's
own readers and one SELECT give for the same values (no offsets, nothing set aside, nothing accounted for);
`python` is the reader that one would write with `json`, `csv` or `re`. Nothing is asserted. Rates are given by
wall time and by CPU time (user and system, all threads); the ratios are of CPU times, which other work on the
machine hardly changes.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from tocsin.core.settings import CaseSettings, SourceSettings
from tocsin.core.settings.case import CaseHead
from tocsin.ingest.described.description import Description, descriptions
from tocsin.ingest.described.form import DescribedFormat
from tocsin.ingest.run import run
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import literal
from tocsin.testing.formats import FormatCase, cases_of, read_options

SAMPLES = ROOT / "tests" / "samples"
MEGA = 1_000_000
SQL = "sql:"


def main() -> int:
    """Parse the arguments, run what was asked, print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--formats", nargs="*", help="names; all when absent")
    parser.add_argument("--size", type=int, default=20, help="MB of each log")
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    print(f"{'format':32} {'MB/s':>6} {'MB/CPU s':>9} {'kev/CPU s':>10} {'vs engine':>10} {'vs Python':>10}")
    for described in descriptions():
        if not asked.formats or described.description.name in asked.formats:
            print(_line(DescribedFormat(described), asked.size * MEGA, asked.runs), flush=True)
    return 0


def _line(form: DescribedFormat, size: int, runs: int) -> str:
    case = cases_of(form, SAMPLES / form.name)[0]
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as name:
        folder = Path(name)
        path = folder / "log"
        written = write_log(case, path, size)
        ways: dict[str, Callable[[], int]] = {
            "ours": lambda: ours(form, path, folder / "case"),
            "engine": lambda: engine(form.description, path, folder / "engine.parquet"),
            "python": lambda: python(form.description, path, folder / "python.parquet"),
        }
        taken: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
        records = 0
        for _ in range(runs):
            for way, work in ways.items():
                wall, used = time.perf_counter(), time.process_time()
                count = work()
                taken[way].append((time.perf_counter() - wall, time.process_time() - used))
                records = count if way == "ours" else records
                shutil.rmtree(folder / "case", ignore_errors=True)
    wall = statistics.median(wall for wall, _ in taken["ours"])
    cpu = {way: statistics.median(used for _, used in times) for way, times in taken.items()}
    ratios = [cpu[way] / cpu["ours"] for way in ("engine", "python")]
    return (
        f"{form.name:32} {written / MEGA / wall:6.0f} {written / MEGA / cpu['ours']:9.0f} "
        f"{records / 1000 / cpu['ours']:10.0f} {ratios[0]:10.2f} {ratios[1]:10.2f}"
    )


def write_log(case: FormatCase, path: Path, size: int) -> int:
    """The sample again and again, each time with its own request ids; returns the bytes written."""
    with Engine(memory="256MiB") as own:
        rows = case.rows(own, case.content)
    requests = {str(row["request"]) for row in rows if row.get("request")}
    text = case.content.decode("utf-8", "replace").removeprefix("\ufeff").rstrip("\n") + "\n"
    head, body = _head(case, text)
    written = path.write_bytes(head.encode())
    with path.open("ab") as file:
        for number in range(1 << 40):
            if written >= size:
                break
            copy = body
            for request in requests:
                if len(request) >= 6:
                    copy = copy.replace(request, f"{number:0{len(request)}d}"[: len(request)])
            written += file.write(copy.encode())
    return written


def _head(case: FormatCase, text: str) -> tuple[str, str]:
    """What stands once at the top (a CSV header), and what is repeated; a JSON document becomes lines."""
    description = case.form.description if isinstance(case.form, DescribedFormat) else None
    if description is None or description.read.reader == "json-array":
        values = [r["record"] for batch in case.records(case.content) for r in batch.to_pylist()]
        return "", "".join(json.dumps(json.loads(value), ensure_ascii=False) + "\n" for value in values)
    if description.read.reader == "csv" and description.read.header:
        head, _, body = text.partition("\n")
        return head + "\n", body
    return "", text


def ours(form: DescribedFormat, path: Path, folder: Path) -> int:
    """As a user's case is ingested, to its commit."""
    options = read_options(SAMPLES / form.name)
    source = SourceSettings(
        name="log", paths=[str(path)], format=form.name, zone=options.zone, before=options.before
    )
    folder.mkdir()
    with Case(folder, by="bench", settings=CaseSettings(case=CaseHead(id="b"), sources=[source])) as case:
        return run(case).records


def engine(description: Description, path: Path, target: Path) -> int:
    """DuckDB alone: its own reader, the values as text, to Parquet."""
    with duckdb.connect() as connection:
        connection.execute(
            f"copy ({_bare_sql(description, path)}) to '{target}' (format parquet, codec zstd)"
        )
    return 0


def _bare_sql(description: Description, path: Path) -> str:
    places = {k: v for k, v in description.values.items() if not (isinstance(v, str) and v.startswith(SQL))}
    listed = [place for group in places.values() for place in ([group] if isinstance(group, str) else group)]
    read = description.read
    if read.reader.startswith("json"):
        paths = ", ".join(literal(place) for place in listed)
        return f"select json_extract_string(json, [{paths}]) as v from read_json_objects('{path}', format='auto', ignore_errors=true)"
    if read.reader == "csv":
        options = f"delim={literal(read.delimiter)}, quote={literal(read.quote)}, all_varchar=true, ignore_errors=true"
        return f"select * from read_csv('{path}', {options}, header={str(read.header).lower()}, null_padding=true, parallel=false, strict_mode=false, max_line_size=4000000)"
    lines = f"(select * from read_csv('{path}', columns={{'line': 'VARCHAR'}}, delim=chr(1), quote='', escape='', header=false, auto_detect=false, ignore_errors=true, strict_mode=false))"
    if description.pattern:
        named = re.sub(r"\(\?P<\w+>", "(", description.pattern[0].line)
        groups = ", ".join(literal(name) for name in re.compile(description.pattern[0].line).groupindex)
        return f"select regexp_extract(line, {literal(named)}, [{groups}]) as v from {lines}"
    keys = [f"regexp_extract(line, {literal(re.escape(key) + '=([^ ,]*)')}, 1)" for key in listed]
    return f"select {', '.join(keys or ['line'])} from {lines}"


def python(description: Description, path: Path, target: Path) -> int:
    """The reader that one would write: one record at a time."""
    rows = list(_python_rows(description, path))
    pq.write_table(pa.Table.from_pylist([{"v": json.dumps(row)} for row in rows]), target, compression="zstd")
    return len(rows)


def _python_rows(description: Description, path: Path) -> Iterator[object]:
    read = description.read
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        if read.reader.startswith("json"):
            for line in file:
                begin = line.find("{")
                if begin >= 0:
                    try:
                        record = json.loads(line[begin:])
                    except ValueError:
                        continue
                    yield [record.get(key) for key in list(record)[:12]]
        elif read.reader == "csv":
            yield from csv.reader(file, delimiter=read.delimiter, quotechar=read.quote or None)
        else:
            patterns = [re.compile(pattern.line) for pattern in description.pattern]
            for line in file:
                found = next((m for p in patterns if (m := p.search(line))), None)
                yield found.groupdict() if found else line.split("=")


if __name__ == "__main__":
    sys.exit(main())
