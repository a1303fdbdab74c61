# SPDX-License-Identifier: Apache-2.0
"""Writes tiny cases for the recount: one mapped log, one registry, one thief from nine to ten o'clock."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

Line = Mapping[str, object] | str

MAPPING = """
reader = "json-lines"
[fields]
occurred_at = { path = "$.at", time = "iso8601" }
account = { path = "$.account" }
session = { path = "$.session" }
address = { path = "$.address" }
request = { path = "$.request" }
node = { path = "$.node" }
sequence = { path = "$.sequence" }
action = { path = "$.action" }
object = { path = "$.object" }
query = { path = "$.query" }
person = { path = "$.person" }
persons = { path = "$.persons" }
record_type = { path = "$.record_type" }
record = { path = "$.record" }
items = { path = "$.items" }
outcome = { path = "$.outcome", map = { ok = "success", ko = "failure" }, default = "unknown" }
[skip]
path = "$.kind"
in = ["heartbeat"]
"""

CATALOGUE = """
[[shows]]
source = "app"
action = "read"
object = "/card/{person}"
categories = ["identity.name"]

[[shows]]
source = "app"
action = "read"
object = "/visit/{record:visit}"
categories = ["appointment.date"]

[[shows]]
source = "app"
action = "list"
categories = ["identity.name"]

[[shows]]
source = "app"
action = "export"
object = "/export/{file}"
categories = ["identity.name", "contact.phone"]

[[shows]]
source = "app"
object = "/help/**"
categories = []
"""

PATIENTS = """id,nir,ins,ins_oid,rank,name,given,born,ward,since,until
P1,,,,,Arnal,Anne,1950-01-01,A,,
P2,,,,,Brun,Boris,1951-01-01,A,,
P3,,,,,Colin,Carla,1952-01-01,A,,
P4,,,,,Dubos,David,1953-01-01,B,,
P5,,,,,Erard,Elsa,1954-01-01,B,,
"""

VISITS = """visit,person,at,created,origin
V1,P1,2024-03-04T09:00:00Z,2024-02-01T00:00:00Z,site
V2,P2,2024-03-05T09:00:00Z,2024-02-29T23:59:59Z,partner
V3,P2,2024-03-06T09:00:00Z,2024-03-01T00:00:00Z,partner
"""

KNOWN = """
[[known]]
account = "thief"
from = 2024-03-01T09:00:00Z
until = 2024-03-01T10:00:00Z
"""

CASE = """
[case]
id = "small"
zone = "Europe/Paris"

[[sources]]
name = "app"
paths = ["logs/app*"]
format = "mapped"
mapping = "mapping.toml"
zone = "UTC"

[[registries]]
name = "patients"
paths = ["patients.csv"]
sources = ["app"]
[registries.columns]
person = "id"
nir = "nir"
ins = "ins"
ins_oid = "ins_oid"
birth_rank = "rank"
family_name = "name"
given_names = "given"
birth_date = "born"
valid_from = "since"
valid_until = "until"

[[records]]
name = "visit"
paths = ["visits.csv"]
sources = ["app"]
[records.columns]
record = "visit"
person = "person"
at = "at"
created = "created"
origin = "origin"

[catalogue]
path = "catalogue.toml"
"""


def act(at: str = "09:10:00", **more: object) -> dict[str, object]:
    """One line of the log, of the thief unless said otherwise, on 1 March 2024 in UTC."""
    line: dict[str, object] = {
        "at": f"2024-03-01T{at}Z",
        "account": "thief",
        "action": "read",
        "outcome": "ok",
    }
    return {key: value for key, value in (line | more).items() if value is not None}


def card(person: str, at: str = "09:10:00", **more: object) -> dict[str, object]:
    """The card of a person was read."""
    return act(at, object=f"/card/{person}", **more)


def write_case(
    folder: Path,
    lines: Iterable[Line] = (),
    *,
    more: str = "",
    known: str = KNOWN,
    catalogue: str = CATALOGUE,
    patients: str = PATIENTS,
    mapping: str = MAPPING,
) -> Path:
    """Write a case whose log holds the lines; `more` is added to case.toml."""
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    log = "".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in lines)
    files = {
        "case.toml": CASE + known + more,
        "catalogue.toml": catalogue,
        "mapping.toml": mapping,
        "patients.csv": patients,
        "visits.csv": VISITS,
        "logs/app.ndjson": log,
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
