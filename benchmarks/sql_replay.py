# SPDX-License-Identifier: Apache-2.0
"""Logged statements an hour: the resolver `sql_replay` on a made case, in CPU seconds of the whole scope stage.

Statements are made from templates (joins, lists, pages, unions, aggregates) over a registry and records with a
history; each has values of its own. Prints templates, statements, disclosures, seconds and statements an hour.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from tocsin.core.tables import TABLES
from tocsin.scope.run import run
from tocsin.store.case import Case
from tocsin.store.engine import Engine

GOAL = 1_000_000
CASE = """
[case]
id = "sql-speed"
[[sources]]
name = "base"
custody = "outside"
[[registries]]
name = "patients"
paths = ["patients.csv"]
columns = { person = "id", family_name = "name", birth_date = "born", valid_from = "since", valid_until = "until" }
[[records]]
name = "visit"
paths = ["visits.csv"]
columns = { record = "id", person = "patient", valid_from = "since", valid_until = "until" }
[catalogue]
path = "catalogue.toml"
[[known]]
account = "thief"
[limits]
memory = "4GiB"
"""
CATALOGUE = """
[[databases]]
name = "base"
collation = "binary"
[databases.tables]
patient = "registry:patients"
visit = "records:visit"
[databases.columns]
"patient.phone" = ["contact.phone"]
"patient.city" = ["contact.address"]
"visit.reason" = ["health.reason"]
[[shows]]
source = "base"
database = "base"
categories = []
"""
COLUMNS = ("p.id", "p.name", "p.phone", "p.born", "p.city", "p.name, p.phone", "p.id, p.name, p.city", "p.*")
BODIES = (
    "select {c} from patient p where p.id = 'P@'",
    "select {c} from patient p where p.name = 'N@' order by p.id limit 20",
    "select {c}, v.reason from patient p join visit v on v.patient = p.id where p.id = 'P@'",
    "select {c} from patient p where p.id in ('P@', 'P1', 'P2', 'P3')",
    "select {c} from patient p where exists (select 1 from visit v where v.patient = p.id and v.id = 'V@')",
    "with w as (select patient from visit where id = 'V@') select {c} from patient p join w on w.patient = p.id",
    "select {c} from patient p where p.id = 'P@' union all select {c} from patient p where p.id = 'P7'",
    "select distinct {c} from patient p left join visit v on v.patient = p.id where p.name = 'N@' and p.city = 'C7'",
    "select count(*) from patient p where p.name = 'N@' and ({c1}) is not null",
    "select {c} from patient p where p.name = 'N@' and p.city like 'C1%' limit 5",
)


def main() -> int:
    """Make the case, run scope, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--statements", type=int, default=1_000_000)
    parser.add_argument("--templates", type=int, default=1_000)
    parser.add_argument("--persons", type=int, default=300_000)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "tocsin-sql-replay")
    asked = parser.parse_args()
    shutil.rmtree(asked.folder, ignore_errors=True)
    make_case(asked.folder, asked)
    before, wall = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    with Case(asked.folder, by="benchmark") as case:
        report = run(case)
        with case.engine("disclosures", "statements", "derived") as engine:
            rows, statements = (
                engine.count("select count(*) from disclosures"),
                engine.count("select count(*) from statements"),
            )
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    seconds = time.perf_counter() - wall
    print(
        json.dumps(
            {
                "statements": report.events,
                "templates": statements,
                "disclosed": report.disclosed,
                "unresolved": report.unresolved,
                "disclosures": rows,
                "cpu_s": round(cpu, 1),
                "wall_s": round(seconds, 1),
                "an_hour_on_two_cores": round(report.events * 2 * 3600 / cpu),
                "goal": GOAL,
                "peak_mib": after.ru_maxrss // 1024,
            }
        )
    )
    shutil.rmtree(asked.folder, ignore_errors=True)
    return 0


def make_case(folder: Path, asked: argparse.Namespace) -> None:
    """A registry in which one person in eight changed, visits, and the statements of a hundred days."""
    folder.mkdir(parents=True)
    (folder / "case.toml").write_text(CASE, "utf-8")
    (folder / "catalogue.toml").write_text(CATALOGUE, "utf-8")
    with Case(folder, by="benchmark") as case, case.stage("made") as stage:
        listed = ", ".join(f"('{text.replace(chr(39), chr(39) * 2)}')" for text in templates(asked.templates))
        stage.engine.create(
            "made_templates", f"select row_number() over () - 1 as n, t from (values {listed}) as x(t)"
        )
        for name, text in (("registry", REGISTRY), ("records", RECORDS), ("events", EVENTS)):
            sql = text
            for word in ("persons", "statements", "templates"):
                sql = sql.replace(f"${word}", str(getattr(asked, word)))
            stage.write(name, filled(stage.engine, name, sql))
        for name in (
            "set_aside",
            "gaps",
            "findings",
            "controllers",
            "file_copies",
            "file_persons",
            "sessions",
        ):
            stage.write(name, filled(stage.engine, name, "select 1 as nothing where false"))
        stage.commit("made")


def filled(engine: Engine, name: str, sql: str) -> str:
    """The same with every column of a table: null where the text gives none."""
    engine.create("made_rows", sql)
    held = {str(row[0]) for row in engine.rows("select column_name from (describe made_rows)")}
    columns = ", ".join(
        c.name if c.name in held else f"null::{c.type} as {c.name}" for c in TABLES[name].columns
    )
    return f"select {columns} from made_rows"


def templates(number: int) -> list[str]:
    """Texts with `@` where a value stands."""
    made = []
    for variant in range(number):
        body = BODIES[variant % len(BODIES)]
        columns = COLUMNS[variant // len(BODIES) % len(COLUMNS)]
        text = body.format(c=columns, c1="p.city" if "*" in columns else columns.split(",")[0])
        made.append(text.replace(" where ", " where " + " " * (variant // (len(BODIES) * len(COLUMNS)))))
    return made


START = "timestamptz '2024-01-01'"
REGISTRY = f"""
select 'patients' as registry, 'P' || n as person, 'N' || n % 5000 as family_name,
    date '1950-01-01' + (n % 20000)::int as birth_date,
    json_object('phone', case when (n + version) % 4 > 0 then '06' || n end, 'city', 'C' || (n + version) % 100)::varchar as original,
    case when version = 1 then {START} + interval 1 minute * (n % 144000) end as valid_from,
    case when version = 0 and n % 8 = 0 then {START} + interval 1 minute * (n % 144000) end as valid_until
from range($persons) as t(n), (values (0), (1)) as v(version)
where version = 0 or n % 8 = 0"""
RECORDS = """
select 'visit' as record_type, 'V' || n as record, 'patients' as registry, 'P' || n % $persons as person,
    json_object('reason', 'R' || n % 50)::varchar as original
from range($persons * 2) as t(n)"""
EVENTS = f"""
select e.n as event_id, {START} + interval 8 second * e.n as occurred_at, 'base' as source, 0 as file_number,
    e.n as line_number, e.n as byte_offset, 'thief' as account, 'read' as action, 'success' as outcome,
    replace(t.t, '@', cast(hash(e.n) % case when t.t like '%N@%' then 5000 else $persons end as varchar)) as query
from range($statements) as e(n) inner join made_templates as t on t.n = e.n % $templates"""

if __name__ == "__main__":
    sys.exit(main())
