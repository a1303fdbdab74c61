# SPDX-License-Identifier: Apache-2.0
"""A made case for the measure of scoping: a month of three sources, columns straight into a case's tables.

A patients' portal that was scraped, a hospital's record whose accounts were used by others, an interface whose
client is in doubt. The same scale gives the same rows. Nothing here is anybody's.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tocsin.store.case import Case, Stage
from tocsin.store.parts import Part

BY = "benchmark"
FIRST = int(datetime(2024, 6, 1, tzinfo=UTC).timestamp()) * 1_000_000
MONTH = 30 * 86_400 * 1_000_000
PART_ROWS = 500_000
RECORD_BYTES = 140
SHARES = {"portal": 0.6, "ehr": 0.25, "api": 0.15}
AT_FULL_SCALE = {"events": 50_000_000, "persons": 5_000_000, "records": 10_000_000, "searches": 30_000}
SHARE_OF_APPOINTMENTS = 0.6
"""Of the records; the rest are documents."""

MOVED = 50
"""One person in so many changed practice in the middle of the month."""

ABSENT = 200
"""One local id in so many is of nobody in the registry."""

JUNK = 1000
"""One in so many is no local id at all."""

Numbers = npt.NDArray[np.int64]

_CASE = """
[case]
id = "scope-speed"

[[sources]]
name = "portal"
[[sources]]
name = "ehr"
[[sources]]
name = "api"

[[registries]]
name = "patients"
paths = ["patients.csv"]
columns = { person = "id", controller = "practice", family_name = "name" }

[[records]]
name = "appointment"
paths = ["appointments.csv"]
columns = { record = "id", person = "patient" }
[[records]]
name = "document"
paths = ["documents.csv"]
columns = { record = "id", person = "patient" }

[catalogue]
path = "catalogue.toml"

[claims]
none = ["finance.bank"]
no_change = ["appointment"]

[limits]
memory = "4GiB"
"""

KNOWN: tuple[dict[str, object], ...] = (
    *({"address": f"203.0.113.{n}", "from": 5 + n, "until": 15 + n} for n in range(8)),
    {"account": "dr.0017", "from": 8, "until": 12},
    {"account": "dr.0018", "from": 3, "until": 25},
    {"account": "dr.0019"},
    {"account": "dr.0019", "session": "s-0019-00", "verdict": "legitimate"},
    {"account": "dr.0020", "device": "ws-0003"},
    {"client": "sync-07", "from": 10, "until": 20, "verdict": "doubtful", "p": 0.6},
    {"source": "portal", "user_agent": "fetch/1.0", "verdict": "doubtful", "p": 0.4},
)
"""The rows of [[known]]; from and until are days of June."""

_CATALOGUE = """
[[shows]]
source = "portal"
action = "read"
object = "/patients/{person}"
categories = ["identity.name", "contact.phone"]
[[shows]]
source = "portal"
action = "read"
object = "/patients/{person}/appointments/{record:appointment}"
categories = ["identity.name", "appointment.date"]
[[shows]]
source = "portal"
action = "read"
object = "/documents/{record:document}"
categories = ["identity.name", "health.document"]
[[shows]]
source = "portal"
object = "/static/**"
categories = []
[[shows]]
source = "portal"
action = "download"
object = "/files/{file}"
categories = ["identity.name", "contact.phone"]
[[shows]]
source = "portal"
action = "search"
object = "/search"
categories = ["identity.name"]
REPLAY
[[shows]]
source = "ehr"
action = "read"
object_type = "chart"
categories = ["identity.name", "health.document"]
[[shows]]
source = "ehr"
action = "read"
object_type = "lab-*"
categories = ["identity.name", "health.result"]
[[shows]]
source = "ehr"
action = "list"
object_type = "ward"
categories = ["identity.name"]
[[shows]]
source = "api"
action = "read"
object = "/fhir/Patient/{person}"
categories = ["identity.name", "identity.birth_date"]
[[shows]]
source = "api"
action = "read"
object = "/fhir/Appointment/{record:appointment}/**"
categories = ["appointment.date"]
[[shows]]
source = "api"
action = "update"
object = "/fhir/Appointment/{record:appointment}"
categories = []
"""
_REPLAY = """registry = "patients"
parameters = { name = "query:name", page = { from = "query:page", default = "0" } }
replay = "select person from patients where family_name = $name order by person limit 20 offset 20 * cast($page as integer)"
collation = "binary"
"""


def make_case(folder: Path, scale: float, *, replays: bool = False) -> Path:
    """The case at that scale (1: fifty million events), written once and found again after."""
    if (folder / "tables" / "CURRENT").is_file():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "case.toml").write_text(_CASE + "".join(_known(row) for row in KNOWN), "utf-8")
    (folder / "catalogue.toml").write_text(
        _CATALOGUE.replace("REPLAY\n", _REPLAY if replays else ""), "utf-8"
    )
    counts = {name: max(1, int(count * scale)) for name, count in AT_FULL_SCALE.items()}
    with Case(folder, by=BY) as case, case.stage("made") as stage:
        for table, parts in (
            ("registry", _registry_parts(stage, counts["persons"])),
            ("records", _record_parts(stage, counts)),
            ("events", _event_parts(stage, counts)),
        ):
            stage.keep(table, list(parts))
        stage.commit("made")
    return folder


def days(number: object) -> str:
    """A day of June, as an instant."""
    return f"2024-06-{number:02}T00:00:00Z"


def _known(row: dict[str, object]) -> str:
    texts = {
        name: days(value) if name in ("from", "until") else value if name == "p" else f'"{value}"'
        for name, value in row.items()
    }
    return "\n[[known]]\n" + "".join(f"{name} = {text}\n" for name, text in texts.items())


def _registry_parts(stage: Stage, persons: int) -> Iterator[Part]:
    """One row a person, and two of those who changed practice."""
    numbers = np.arange(persons)
    moved = numbers % MOVED == 0
    person = np.concatenate([numbers, numbers[moved]])
    later = np.concatenate([np.zeros(persons, bool), np.ones(int(moved.sum()), bool)])
    since = np.full(len(person), FIRST + MONTH // 2)
    for at in range(0, persons, 2_000_000):
        chosen = np.flatnonzero((person >= at) & (person < at + 2_000_000))
        rows = pa.table(
            {
                "registry": pa.repeat("patients", len(chosen)),
                "person": _texts("P", person[chosen], 8),
                "controller": _texts("practice-", person[chosen] % 997 + later[chosen], 4),
                "family_name": _texts("NAME", person[chosen] * 7919 % 60_000, 5),
                "valid_from": _instants(since[chosen], later[chosen]),
                "valid_until": _instants(since[chosen], ~later[chosen] & (person[chosen] % MOVED == 0)),
                **{name: pa.nulls(len(chosen), pa.string()) for name in ("original", "ins", "nir")},
            }
        )
        yield from stage.parts_of_rows("registry", rows, np.arange(len(chosen)), label=f"{at:012}")


def _record_parts(stage: Stage, counts: dict[str, int]) -> Iterator[Part]:
    appointments = int(counts["records"] * SHARE_OF_APPOINTMENTS)
    for kind, count in (("appointment", appointments), ("document", counts["records"] - appointments)):
        for at in range(0, count, 2_000_000):
            numbers = np.arange(at, min(at + 2_000_000, count))
            rows = pa.table(
                {
                    "record_type": pa.repeat(kind, len(numbers)),
                    "record": _texts(kind[0].upper(), numbers, 9),
                    "registry": pa.repeat("patients", len(numbers)),
                    "person": _texts("P", owner_of(numbers, counts["persons"]), 8),
                    "controller": _some(_texts("practice-", numbers % 997, 4), numbers % 3 > 0),
                    "at": _instants(FIRST + numbers % 997 * 3_600_000_000, np.ones(len(numbers), bool)),
                    "valid_from": pa.nulls(len(numbers), pa.timestamp("us", "UTC")),
                    "valid_until": pa.nulls(len(numbers), pa.timestamp("us", "UTC")),
                }
            )
            yield from stage.parts_of_rows("records", rows, np.arange(len(numbers)), label=f"{kind}-{at:012}")


def owner_of(records: Numbers, persons: int) -> Numbers:
    """Whose a record is."""
    return records * 6_700_417 % persons


def _event_parts(stage: Stage, counts: dict[str, int]) -> Iterator[Part]:
    number = 0
    writers = {"portal": _portal, "ehr": _ehr, "api": _api}
    for source, share in SHARES.items():
        total = int(counts["events"] * share)
        for start in range(0, total, PART_ROWS):
            count = min(PART_ROWS, total - start)
            chance = np.random.default_rng([7, number])
            at = _times(chance, start, count, total)
            ids = (number << 40) + np.arange(count) * RECORD_BYTES
            rows = pa.table(
                {
                    "event_id": ids,
                    "occurred_at": _instants(at, np.ones(count, bool)),
                    "line_number": np.arange(1, count + 1),
                    "byte_offset": np.arange(count) * RECORD_BYTES,
                    **writers[source](chance, at, ids, counts),
                }
            )
            yield from stage.parts_of_rows(
                "events",
                rows,
                np.arange(count),
                constants={"source": source, "file_number": number},
                label=f"{number:06}",
            )
            number += 1


def _times(chance: np.random.Generator, start: int, count: int, total: int) -> Numbers:
    """Of one file of several: a stretch of the month."""
    first, last = MONTH * start // total, MONTH * (start + count) // total
    return FIRST + np.sort(chance.integers(first, last, count))


def _portal(
    chance: np.random.Generator, at: Numbers, _ids: Numbers, counts: dict[str, int]
) -> dict[str, pa.Array]:
    count = len(at)
    day = (at - FIRST) / 86_400_000_000
    attacked = (chance.random(count) < 0.22) & (day >= 4) & (day < 22)
    thief = chance.integers(0, 8, count)
    # Each address signs in as another account every hour.
    taken = 50_000 + ((at - FIRST) // 3_600_000_000 * 8 + thief) % 300
    kind = _draw(chance, count, (0.34, 0.2, 0.14, 0.2, 0.02, 0.0, 0.05, 0.05))
    kind[chance.random(count) < counts["searches"] * 2 / (SHARES["portal"] * counts["events"])] = 5
    paths, _ = _paths(chance, count, counts)
    address = chance.integers(0, 60_000, count)
    return {
        "account": _some(
            _taken(
                [f"user.{n:06}" for n in range(50_300)],
                np.where(attacked, taken, chance.integers(0, 50_000, count)),
            ),
            chance.random(count) < 0.7,
        ),
        "address": _taken(
            [*(f"203.0.113.{n}" for n in range(8)), *(f"10.{n // 256}.{n % 256}.9" for n in range(60_000))],
            np.where(attacked, thief, address + 8),
        ),
        "user_agent": _taken(
            [
                "fetch/1.0",
                *(f"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{n}.0) Gecko/20100101" for n in range(40)),
            ],
            np.where(attacked & (thief > 5), 0, 1 + chance.integers(0, 40, count)),
        ),
        "action": _taken(["read", "read", "read", "read", "download", "search", "read", "login"], kind),
        "object": _chosen(
            kind,
            [
                _joined("/patients/", paths["person"]),
                _joined("/patients/", paths["owner"], "/appointments/", paths["appointment"]),
                _joined("/documents/", paths["document"]),
                _joined("/static/js/", _texts("app-", chance.integers(0, 90, count), 3), ".js"),
                _joined("/files/", _texts("export-", chance.integers(0, 9000, count), 5), ".pdf"),
                pa.repeat("/search", count),
                _joined("/misc/", _texts("page-", chance.integers(0, 90, count), 3)),
                pa.repeat("/login", count),
            ],
        ),
        "query": _some(
            _joined(
                "name=",
                _texts("NAME", chance.integers(0, 60_000, count), 5),
                "&page=",
                _texts("", chance.integers(0, 3, count), 1),
            ),
            kind == 5,
        ),
        "bytes": pa.array(chance.integers(200, 90_000, count)),
        **_outcome(chance, count),
    }


def _ehr(
    chance: np.random.Generator, at: Numbers, _ids: Numbers, counts: dict[str, int]
) -> dict[str, pa.Array]:
    count = len(at)
    account = np.where(
        chance.random(count) < 0.06, chance.integers(17, 21, count), chance.integers(0, 4000, count)
    )
    kind = _draw(chance, count, (0.5, 0.25, 0.05, 0.1, 0.1))
    paths, numbers = _paths(chance, count, counts)
    lengths = np.where(kind == 2, chance.integers(2, 12, count), 0)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    listed = _texts("P", chance.integers(0, counts["persons"], int(offsets[-1])), 8)
    hour = (at - FIRST) // 3_600_000_000 // 8 % 10
    return {
        "account": _texts("dr.", account, 4),
        "session": _joined("s-", _texts("", account, 4), "-", _texts("", hour, 2)),
        "address": _taken([f"172.16.{n // 200}.{n % 200}" for n in range(2000)], numbers % 2000),
        "device": _taken([f"ws-{n:04}" for n in range(50)], chance.integers(0, 50, count)),
        "action": _taken(["read", "read", "list", "print", "logout"], kind),
        "object_type": _chosen(
            kind,
            [
                pa.repeat("chart", count),
                _texts("lab-", numbers % 7, 1),
                pa.repeat("ward", count),
                pa.repeat("letter", count),
                pa.nulls(count, pa.string()),
            ],
        ),
        "person": _some(paths["person"], np.isin(kind, (0, 1, 3))),
        "persons": pa.ListArray.from_arrays(offsets, listed, mask=pa.array(lengths == 0)),
        "detail": _joined('{"screen":"', _texts("f", numbers % 300, 3), '"}'),
        **_outcome(chance, count),
    }


def _api(
    chance: np.random.Generator, at: Numbers, ids: Numbers, counts: dict[str, int]
) -> dict[str, pa.Array]:
    count = len(at)
    kind = _draw(chance, count, (0.5, 0.38, 0.12))
    paths, numbers = _paths(chance, count, counts)
    client = np.where(chance.random(count) < 0.08, 7, chance.integers(0, 40, count))
    # A second attempt follows its first one, by the same client, for the same object.
    again = (np.arange(count) % 100 == 1) & (kind[np.arange(count) - 1] >= 0)
    first = np.where(again, np.arange(count) - 1, np.arange(count))
    taken = pa.array(first)
    objects = _chosen(
        kind,
        [
            _joined("/fhir/Patient/", paths["person"]),
            _joined("/fhir/Appointment/", paths["appointment"], "/_history/", _texts("", numbers % 9, 1)),
            _joined("/fhir/Appointment/", paths["appointment"]),
        ],
    )
    return {
        "account": pa.nulls(count, pa.string()),
        "client": _texts("sync-", client[first], 2),
        "request": _texts("r-", ids[first] % 1_000_000_007, 12),
        "retry_of": pa.array(ids[first], mask=~again),
        "action": _taken(["read", "read", "update"], kind[first]),
        "object": objects.take(taken),
        "bytes": pa.array(chance.integers(200, 9_000, count)),
        **_outcome(chance, count),
    }


def _paths(
    chance: np.random.Generator, count: int, counts: dict[str, int]
) -> tuple[dict[str, pa.Array], Numbers]:
    """Local ids and records, some of nobody; and the numbers that they were drawn from."""
    appointments = int(counts["records"] * SHARE_OF_APPOINTMENTS)
    person = chance.integers(0, counts["persons"], count)
    absent = chance.integers(0, ABSENT, count) == 0
    junk = chance.integers(0, JUNK, count) == 0
    appointment = chance.integers(0, appointments, count)
    document = chance.integers(0, counts["records"] - appointments, count)
    ids = _texts("P", np.where(absent, person + 90_000_000, person), 8)
    return {
        "person": pc.if_else(pa.array(junk), "undefined", ids),
        "owner": _texts("P", owner_of(appointment, counts["persons"]), 8),
        "appointment": _texts("A", appointment, 9),
        "document": _texts("D", np.where(absent, document + 900_000_000, document), 9),
    }, person


def _outcome(chance: np.random.Generator, count: int) -> dict[str, pa.Array]:
    drawn = _draw(chance, count, (0.93, 0.05, 0.02))
    return {
        "outcome": _taken(["success", "failure", "unknown"], drawn),
        "status": _taken(["200", "404", "000"], drawn),
    }


def _draw(chance: np.random.Generator, count: int, shares: Sequence[float]) -> Numbers:
    return np.searchsorted(np.cumsum(shares)[:-1], chance.random(count), side="right").astype(np.int64)


def _texts(before: str, numbers: Numbers, width: int) -> pa.Array:
    """`before` and each number, with zeros in front."""
    return _joined(before, pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0"))


def _joined(*pieces: str | pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(*pieces, "")


def _taken(values: list[str], numbers: Numbers) -> pa.Array:
    return pa.array(values).take(pa.array(numbers))


def _chosen(kind: Numbers, columns: list[pa.Array]) -> pa.Array:
    """Of each row, the value of the column of its kind."""
    return pc.choose(pa.array(kind), *columns)


def _some(column: pa.Array, kept: npt.NDArray[np.bool_]) -> pa.Array:
    """Null where it is not kept."""
    return pc.if_else(pa.array(kept), column, pa.scalar(None, column.type))


def _instants(values: Numbers, kept: npt.NDArray[np.bool_]) -> pa.Array:
    return pa.array(values, mask=~kept).cast(pa.timestamp("us", "UTC"))
