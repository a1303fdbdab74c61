# SPDX-License-Identifier: Apache-2.0
"""Statements made at random over a small hospital whose rows change between them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from tests.unit.scope.scenes import at
from tests.unit.scope.sql.reference_answers import (
    Both,
    Derived,
    Env,
    Expr,
    Join,
    Page,
    Select,
    Snapshot,
    Table,
    Test,
    Value,
    show,
)

PATIENT = Table("patient", ("id", "name", "city", "age", "phone"))
VISIT = Table("visit", ("id", "patient", "reason", "cost"))
LETTER = Table("letter", ("id", "patient", "title"))
TABLES = (PATIENT, VISIT, LETTER)
RECORD_TYPES = {"visit": "appointment", "letter": "document"}
CITIES = ("Brest", "Dijon", "Nancy", "Nantes")
NAMES = ("Abel", "Blum", "Cros", "Diaz", "Eyre", "Faye")
REASONS = ("asthma", "burn", "cough", "fever")
LAST = 300
"""Minutes of history."""

CATALOGUE = """
[[databases]]
name = "base"
collation = "binary"
[databases.tables]
"clinic.patient" = "registry:patients"
visit = "records:appointment"
letter = "records:document"
[databases.columns]
"clinic.patient.id" = ["id.local"]
"clinic.patient.name" = ["identity.name"]
"clinic.patient.city" = ["contact.address"]
"clinic.patient.age" = ["identity.age"]
"clinic.patient.phone" = ["contact.phone"]
"visit.id" = ["health.record"]
"visit.patient" = []
"visit.reason" = ["health.reason"]
"visit.cost" = ["reimbursement.other"]
"letter.id" = []
"letter.patient" = []
"letter.title" = ["health.document"]
[[shows]]
source = "app"
database = "base"
categories = []
"""
SETTINGS = """
[[sources]]
name = "app"
custody = "outside"
[catalogue]
path = "catalogue.toml"
[[registries]]
name = "patients"
paths = ["patients.csv"]
sources = ["app"]
columns = { person = "id", family_name = "name", valid_from = "since", valid_until = "until" }
[[records]]
name = "appointment"
paths = ["visits.csv"]
columns = { record = "id", person = "patient", valid_from = "since", valid_until = "until" }
[[records]]
name = "document"
paths = ["letters.csv"]
columns = { record = "id", person = "patient", valid_from = "since", valid_until = "until" }
[[known]]
account = "thief"
"""
CATEGORIES = {
    ("patient", "id"): "id.local",
    ("patient", "name"): "identity.name",
    ("patient", "city"): "contact.address",
    ("patient", "age"): "identity.age",
    ("patient", "phone"): "contact.phone",
    ("visit", "id"): "health.record",
    ("visit", "reason"): "health.reason",
    ("visit", "cost"): "reimbursement.other",
    ("letter", "title"): "health.document",
}


@dataclass(frozen=True)
class Version:
    """A row from one minute to another."""

    table: str
    values: dict[str, Value]
    since: int | None
    until: int | None


@dataclass(frozen=True)
class Made:
    """A statement that is logged at a minute."""

    minute: int
    text: str
    sure: frozenset[tuple[str, str | None, str]]
    """(person, record, category)."""

    possible: frozenset[tuple[str, str | None, str]]
    rows: int
    is_total: bool
    binds: str | None = None


def make_history(chance: random.Random, persons: int = 24) -> list[Version]:
    """Rows that begin, change and end."""
    versions: list[Version] = []
    for n in range(persons):
        versions += _lives(chance, "patient", partial(_patient, chance, n))
    for n in range(persons * 2):
        whose = f"P{chance.randrange(persons):02d}"
        versions += _lives(chance, "visit", partial(_visit, chance, n, whose))
    for n in range(persons):
        whose = f"P{chance.randrange(persons):02d}"
        versions += _lives(chance, "letter", partial(_letter, chance, n, whose))
    return versions


def _lives(chance: random.Random, table: str, make: Callable[[], dict[str, Value]]) -> Iterator[Version]:
    born = None if chance.random() < 0.8 else chance.randrange(LAST)
    changes = sorted(chance.sample(range(LAST), chance.choice((0, 0, 1, 1, 2, 3))))
    bounds = [born, *(c for c in changes if born is None or c > born)]
    dies = chance.random() < 0.1
    for place, since in enumerate(bounds):
        last = place == len(bounds) - 1
        if last and dies and since is not None:
            return
        yield Version(table, make(), since, None if last else bounds[place + 1])


def _patient(chance: random.Random, n: int) -> dict[str, Value]:
    phone = None if chance.random() < 0.25 else f"06{chance.randrange(10**6):06d}"
    return {
        "id": f"P{n:02d}",
        "name": chance.choice(NAMES),
        "city": chance.choice(CITIES),
        "age": chance.randrange(20, 90),
        "phone": phone,
    }


def _visit(chance: random.Random, n: int, whose: str) -> dict[str, Value]:
    reason = None if chance.random() < 0.1 else chance.choice(REASONS)
    return {"id": f"V{n:02d}", "patient": whose, "reason": reason, "cost": chance.randrange(5) * 10}


def _letter(chance: random.Random, n: int, whose: str) -> dict[str, Value]:
    return {"id": f"L{n:02d}", "patient": whose, "title": chance.choice(("report", "referral"))}


def registry_rows(history: Sequence[Version]) -> list[dict[str, object]]:
    """`registry` as ingestion would leave it."""
    return [
        {
            "registry": "patients",
            "person": v.values["id"],
            "family_name": v.values["name"],
            "original": json.dumps({name: v.values[name] for name in ("city", "age", "phone")}),
            **_validity(v),
        }
        for v in history
        if v.table == "patient"
    ]


def record_rows(history: Sequence[Version]) -> list[dict[str, object]]:
    """`records` as ingestion would leave it."""
    return [
        {
            "record_type": RECORD_TYPES[v.table],
            "record": v.values["id"],
            "registry": "patients",
            "person": v.values["patient"],
            "original": json.dumps({n: value for n, value in v.values.items() if n not in ("id", "patient")}),
            **_validity(v),
        }
        for v in history
        if v.table != "patient"
    ]


def _validity(version: Version) -> dict[str, object]:
    return {
        "valid_from": None if version.since is None else at(version.since),
        "valid_until": None if version.until is None else at(version.until),
    }


def snapshot_of(history: Sequence[Version], minute: float) -> Snapshot:
    """The rows of a minute."""
    held: dict[str, list[tuple[int, dict[str, Value]]]] = {table.name: [] for table in TABLES}
    for number, version in enumerate(history):
        begun = version.since is None or version.since <= minute
        if begun and (version.until is None or minute < version.until):
            held[version.table].append((number, version.values))
    return held


def make_statement(chance: random.Random, history: Sequence[Version], minute: int) -> Made:
    """One statement with what it shows of whom."""
    while True:
        query, before = _query(chance)
        page = _page(chance, query.columns)
        snapshot = snapshot_of(history, minute)
        found = query.rows(snapshot)
        shown = show(found, page)
        if shown.too_many:
            continue
        text = f"{before}{query.text}{page.text}"
        total = page.limit is None and not page.offset
        total = total or len({tuple(r.values[n] for n, _ in page.order) for r in found}) == len(found)
        text, binds = _dressed(chance, text, paged=not (page.limit is None and not page.offset))
        sure, possible = _told(history, shown.sure), _told(history, shown.possible)
        return Made(minute, text, sure, possible, shown.rows, total, binds)


def _told(
    history: Sequence[Version], cells: frozenset[tuple[str, int, str]]
) -> frozenset[tuple[str, str | None, str]]:
    told = set()
    for table, number, column in cells:
        values = history[number].values
        category = CATEGORIES.get((table, column))
        if category is not None and values[column] is not None:
            who = values["id"] if table == "patient" else values["patient"]
            told.add((str(who), None if table == "patient" else str(values["id"]), category))
    return frozenset(told)


def _dressed(chance: random.Random, text: str, *, paged: bool) -> tuple[str, str | None]:
    """The same in one of the ways in which databases are asked."""
    way = chance.random()
    if way < 0.06:
        return f"COPY ({text}) TO STDOUT WITH (FORMAT csv, HEADER)", None
    if way < 0.12 and "'Brest'" in text and not paged:
        return f"PREPARE q1 (text) AS {text.replace(chr(39) + 'Brest' + chr(39), '$1')}", "Brest"
    if way < 0.2:
        return (
            f"/* page '{chance.randrange(99)}' */ {text.replace(' from ', chr(10) + 'FROM ', 1)}; -- end",
            None,
        )
    if way < 0.25:
        return text.replace(" from patient ", " from clinic.patient "), None
    return text, None


def _page(chance: random.Random, columns: Sequence[str]) -> Page:
    if chance.random() < 0.6:
        return Page()
    order = tuple(
        (name, chance.random() < 0.3) for name in chance.sample(columns, chance.randint(1, len(columns)))
    )
    return Page(order, chance.choice((1, 2, 3, 5, 8)), chance.choice((0, 0, 1, 2, 4)))


def _query(chance: random.Random) -> tuple[Select | Both, str]:
    """A query, and what stands before it."""
    way = chance.random()
    if way < 0.5:
        return _select(chance), ""
    if way < 0.62:
        return replace(_select(chance), distinct=True), ""
    if way < 0.76:
        left = _patients(chance, ("name", "city"))
        right = _patients(chance, ("name", "city")) if chance.random() < 0.6 else _visits(chance)
        return Both(left, chance.choice(("union all", "union", "except", "intersect")), right), ""
    inner = _patients(chance, ("id", "name", "age", "phone"))
    if way < 0.88:
        return _around(chance, Derived(inner), "q"), ""
    return _around(chance, Derived(inner, "chosen"), "q"), f"with chosen as ({inner.text}) "


def _around(chance: random.Random, source: Derived, alias: str) -> Select:
    names = chance.sample(source.columns, chance.randint(1, len(source.columns)))
    outputs = [(n, column(alias, n)) for n in names]
    joins: tuple[Join, ...] = ()
    if chance.random() < 0.5:
        joins = (Join("join", VISIT, "v", equal(column("v", "patient"), column(alias, "id"))),)
        outputs.append(("reason", column("v", "reason")))
    where = (compare(column(alias, "age"), chance.choice(("<", ">=")), chance.randrange(20, 90)),)
    return Select(source, alias, tuple(outputs), joins, where if chance.random() < 0.5 else ())


def _patients(chance: random.Random, names: Sequence[str]) -> Select:
    return Select(PATIENT, "p", tuple((n, column("p", n)) for n in names), (), tuple(_tests(chance, "p")))


def _visits(chance: random.Random) -> Select:
    outputs = (("reason", column("v", "reason")), ("patient", column("v", "patient")))
    return Select(VISIT, "v", outputs, (), (compare(column("v", "cost"), "<", chance.randrange(50)),))


def _select(chance: random.Random) -> Select:
    joins = _joins(chance)
    aliases = ["p", *(join.alias for join in joins)]
    outputs = []
    for place in range(chance.randint(1, 4)):
        outputs.append((f"c{place}", _output(chance, aliases)))
    return Select(PATIENT, "p", tuple(outputs), joins, tuple(_tests(chance, "p", deep=True)))


def _joins(chance: random.Random) -> tuple[Join, ...]:
    joins = []
    for table, alias in ((VISIT, "v"), (LETTER, "l")):
        if chance.random() < 0.35:
            on = equal(column(alias, "patient"), column("p", "id"))
            if table is VISIT and chance.random() < 0.4:
                on = both(on, compare(column("v", "cost"), ">", chance.randrange(50)))
            joins.append(Join(chance.choice(("join", "left join")), table, alias, on))
    if chance.random() < 0.1:
        on = both(equal(column("o", "city"), column("p", "city")), compare(column("o", "age"), "<", 50))
        joins.append(Join("join", PATIENT, "o", on))
    return tuple(joins)


_OF_ALIAS = {"p": PATIENT, "o": PATIENT, "v": VISIT, "l": LETTER}


def _output(chance: random.Random, aliases: Sequence[str]) -> Expr:
    alias = chance.choice(aliases)
    own = column(alias, chance.choice(_OF_ALIAS[alias].columns))
    way = chance.random()
    if way < 0.75:
        return own
    text = column("p", chance.choice(("name", "city", "phone")))
    if way < 0.85:
        return Expr(
            f"coalesce({text.text}, 'none')",
            lambda env: "none" if text.value(env) is None else text.value(env),
            text.cells,
        )
    if way < 0.92:
        return Expr(f"upper({text.text})", lambda env: _upper(text.value(env)), text.cells)
    old = chance.randrange(30, 80)
    age = column("p", "age")
    return Expr(
        f"case when p.age >= {old} then {text.text} else 'young' end",
        lambda env: text.value(env) if _at_least(age.value(env), old) else "young",
        lambda env: text.cells(env) | age.cells(env),
    )


def _upper(value: Value) -> Value:
    return None if value is None else str(value).upper()


def _at_least(value: Value, least: int) -> bool:
    return isinstance(value, int) and value >= least


def _tests(chance: random.Random, alias: str, *, deep: bool = False) -> Iterator[Test]:
    for _ in range(chance.choice((0, 1, 1, 2))):
        yield chance.choice(_SIMPLE)(chance, alias)
    if deep and chance.random() < 0.35:
        yield chance.choice(_DEEP)(chance, alias)


def _city(chance: random.Random, alias: str) -> Test:
    return compare(column(alias, "city"), "=", chance.choice(CITIES))


def _age(chance: random.Random, alias: str) -> Test:
    return compare(column(alias, "age"), chance.choice(("<", "<=", ">", ">=")), chance.randrange(20, 90))


def _between(chance: random.Random, alias: str) -> Test:
    low = chance.randrange(20, 60)
    age = column(alias, "age")
    return Test(
        f"{alias}.age between {low} and {low + 25}",
        lambda env, _s: isinstance(v := age.value(env), int) and low <= v <= low + 25,
    )


def _listed(chance: random.Random, alias: str) -> Test:
    chosen = chance.sample(NAMES, 2)
    name = column(alias, "name")
    return Test(f"{alias}.name in ('{chosen[0]}', '{chosen[1]}')", lambda env, _s: name.value(env) in chosen)


def _like(chance: random.Random, alias: str) -> Test:
    start = chance.choice(("06", "061", "069"))
    phone = column(alias, "phone")
    return Test(
        f"{alias}.phone like '{start}%'", lambda env, _s: str(phone.value(env) or "").startswith(start)
    )


def _no_phone(_chance: random.Random, alias: str) -> Test:
    phone = column(alias, "phone")
    return Test(f"{alias}.phone is null", lambda env, _s: phone.value(env) is None)


def _either(chance: random.Random, alias: str) -> Test:
    one, other = _city(chance, alias), _age(chance, alias)
    return Test(f"({one.text} or {other.text})", lambda env, s: one.holds(env, s) or other.holds(env, s))


_SIMPLE = (_city, _age, _between, _listed, _like, _no_phone, _either)


def _in_visits(chance: random.Random, alias: str) -> Test:
    inner = Select(
        VISIT,
        "w",
        (("patient", column("w", "patient")),),
        (),
        (compare(column("w", "reason"), "=", chance.choice(REASONS)),),
    )
    whose = column(alias, "id")
    negated = chance.random() < 0.4

    def holds(env: Env, snapshot: Snapshot) -> bool:
        found = whose.value(env) in {row.values["patient"] for row in inner.rows(snapshot)}
        return found != negated

    return Test(f"{alias}.id {'not ' if negated else ''}in ({inner.text})", holds)


def _has_letter(chance: random.Random, alias: str) -> Test:
    negated = chance.random() < 0.4
    inner = Select(
        LETTER, "x", (("n", column("x", "id")),), (), (equal(column("x", "patient"), column(alias, "id")),)
    )

    def holds(env: Env, snapshot: Snapshot) -> bool:
        return bool(inner.rows(snapshot, env)) != negated

    return Test(f"{'not ' if negated else ''}exists ({inner.text})", holds)


def _above_usual(_chance: random.Random, alias: str) -> Test:
    age = column(alias, "age")

    def holds(env: Env, snapshot: Snapshot) -> bool:
        ages = [int(str(values["age"])) for _n, values in snapshot["patient"]]
        value = age.value(env)
        return isinstance(value, int) and bool(ages) and value > sum(ages) / len(ages)

    return Test(f"{alias}.age > (select avg(z.age) from patient z)", holds)


_DEEP = (_in_visits, _has_letter, _above_usual)


def column(alias: str, name: str) -> Expr:
    """A column of a source."""
    return Expr(f"{alias}.{name}", lambda env: env[alias].values[name], lambda env: env[alias].cells[name])


def compare(left: Expr, sign: str, value: int | str) -> Test:
    """A column against a value."""
    written = f"'{value}'" if isinstance(value, str) else str(value)
    return Test(f"{left.text} {sign} {written}", lambda env, _s: _holds(left.value(env), sign, value))


def equal(left: Expr, right: Expr) -> Test:
    """A column against another."""
    return Test(f"{left.text} = {right.text}", lambda env, _s: _holds(left.value(env), "=", right.value(env)))


def both(one: Test, other: Test) -> Test:
    """Two conditions."""
    return Test(f"{one.text} and {other.text}", lambda env, s: one.holds(env, s) and other.holds(env, s))


def _holds(left: Value, sign: str, right: Value) -> bool:
    if left is None or right is None:
        return False
    if sign == "=":
        return left == right
    ordered = (left > right) - (left < right)  # type: ignore[operator]
    return {"<": ordered < 0, "<=": ordered <= 0, ">": ordered > 0, ">=": ordered >= 0}[sign]
