# SPDX-License-Identifier: Apache-2.0
"""R2 read in plain Python, AuditEvent by AuditEvent: each search is made again by hand on the list.

Shares nothing with the generator but the case folder.
"""

from __future__ import annotations

import base64
import gzip
import json
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyarrow.parquet as pq

from tests.unit.replays.demos import demo_of

PAGE = 20
Row = dict[str, Any]


@cache
def case() -> Path:
    return demo_of("R2").case


@cache
def patients() -> list[Row]:
    rows: list[Row] = pq.read_table(case() / "listes" / "patients.parquet").to_pylist()
    return sorted(rows, key=lambda row: (row["ne_le"], row["identifiant"]))


def known() -> list[Row]:
    settings = tomllib.loads((case() / "case.toml").read_text("utf-8"))
    found: list[Row] = settings["known"]
    return found


def events() -> Iterator[Row]:
    for path in sorted((case() / "journaux").iterdir()):
        for line in gzip.decompress(path.read_bytes()).decode().splitlines():
            yield read(json.loads(line))


def read(event: Row) -> Row:
    portal, professional = event["agent"]
    entity = event["entity"][0] if event["entity"] else {}
    return {
        "at": datetime.fromisoformat(event["recorded"]).astimezone(UTC),
        "account": professional["who"]["identifier"]["value"],
        "address": portal["network"]["address"],
        "is_done": event["outcome"] == "0",
        "query": base64.b64decode(entity["query"]).decode() if "query" in entity else None,
        "person": entity.get("what", {}).get("reference", "").removeprefix("Patient/") or None,
    }


def verdict(event: Row) -> str | None:
    """The narrowest selector that fits: an account with an address before an account."""
    fits = [
        one
        for one in known()
        if one["account"] == event["account"]
        and one.get("address", event["address"]) == event["address"]
        and one["from"] <= event["at"]
    ]
    if not fits:
        return None
    narrowest = max(fits, key=lambda one: "address" in one)
    if narrowest.get("verdict") == "legitimate":
        return None
    return "doubtful" if narrowest.get("split") else "illegitimate"


def searched(query: str, at: datetime) -> list[Row]:
    """A page of the server, as it stood then."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(query).query).items()}
    sex = "F" if asked["gender"] == "female" else "M"
    found = [
        row
        for row in patients()
        if row["nom_naissance"] == asked["family"] and row["sexe"] == sex and row["depuis"] <= at
    ]
    first = PAGE * int(asked.get("page", "0"))
    return found[first : first + PAGE]


@cache
def obtained() -> dict[str, dict[str, set[str]]]:
    """Verdict, then what was obtained (read, found, phone, email): local ids."""
    by_id = {row["identifiant"]: row for row in patients()}
    shown: dict[str, dict[str, set[str]]] = {
        held: {"read": set(), "found": set(), "phone": set(), "email": set()}
        for held in ("illegitimate", "doubtful")
    }
    for event in events():
        held = verdict(event)
        if held is None or not event["is_done"]:
            continue
        if event["query"]:
            shown[held]["found"] |= {row["identifiant"] for row in searched(event["query"], event["at"])}
        elif event["person"]:
            shown[held]["read"].add(event["person"])
            row = by_id[event["person"]]
            if row["telephone"] and row["depuis"] <= event["at"]:
                shown[held]["phone"].add(event["person"])
            if row["courriel"] and row["depuis"] <= event["at"]:
                shown[held]["email"].add(event["person"])
    return shown


def told(category: str, *levels: str) -> set[str]:
    rows = pq.read_table(demo_of("R2").home / "truth" / "persons.parquet").to_pylist()
    return {row["person"] for row in rows if row["category"] == category and row["count_in"] in levels}


def test_readings_from_abroad_are_the_floor() -> None:
    assert told("identity.name", "floor") == obtained()["illegitimate"]["read"]
    assert obtained()["illegitimate"]["read"]


def test_searches_made_again_by_hand_give_the_best() -> None:
    sure = obtained()["illegitimate"]
    assert told("identity.age", "floor", "best") == sure["read"] | sure["found"]


def test_sessions_that_nobody_told_apart_are_in_the_ceiling() -> None:
    everything = {one for held in obtained().values() for kind in ("read", "found") for one in held[kind]}
    assert told("identity.name", "floor", "best", "ceiling") == everything


def test_phones_and_addresses_are_only_of_those_whose_server_knew_one() -> None:
    sure, doubtful = obtained()["illegitimate"], obtained()["doubtful"]
    for category, kind in (("contact.phone", "phone"), ("contact.email", "email")):
        assert told(category, "floor", "best") == sure[kind]
        assert told(category, "floor", "best", "ceiling") == sure[kind] | doubtful[kind]


def test_attempts_are_spread_over_the_weeks_and_sessions_of_both_are_mixed() -> None:
    weeks = {event["at"].isocalendar().week for event in events() if not event["is_done"]}
    assert len(weeks) > 4
    split = {one["account"] for one in known() if one.get("split")}
    days: dict[str, set[str]] = {"illegitimate": set(), "doubtful": set()}
    for event in events():
        held = verdict(event)
        if held and event["account"] in split and event["query"]:
            days[held].add(f"{event['account']} {event['at']:%j}")
    assert days["illegitimate"] & days["doubtful"], "owner and stranger on the same day"
