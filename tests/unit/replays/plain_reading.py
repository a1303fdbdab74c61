# SPDX-License-Identifier: Apache-2.0
"""Reads a written R5 case in plain Python, line by line, and finds what it discloses by itself.

Shares nothing with the generator but the case folder: the rules are those of catalogue.toml, the
rights those of the directory, and a person is one by INS, or by number and birth date.
"""

from __future__ import annotations

import gzip
import ipaddress
import json
import tomllib
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import pyarrow.parquet as pq

Row = dict[str, object]


@dataclass
class Reading:
    """What one source's files hold."""

    events: list[Row] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    non_events: Counter[str] = field(default_factory=Counter)


class PlainCase:
    """A case folder, read without Tocsin."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = tomllib.loads((folder / "case.toml").read_text("utf-8"))
        self.rules = tomllib.loads((folder / "catalogue.toml").read_text("utf-8"))["shows"]
        self.actions = tomllib.loads((folder / "mappings" / "gateway.toml").read_text("utf-8"))["fields"][
            "action"
        ]["map"]

    def rows(self, path: str) -> list[Row]:
        rows: list[Row] = pq.read_table(self.folder / path).to_pylist()
        return rows

    @cached_property
    def patients(self) -> dict[str, Row]:
        return {str(row["patient_id"]): row for row in self.rows("registry/patients.parquet")}

    @cached_property
    def appointments(self) -> dict[str, Row]:
        return {str(row["appointment_id"]): row for row in self.rows("registry/appointments.parquet")}

    @cached_property
    def accounts(self) -> dict[str, Row]:
        return {str(row["login"]): row for row in self.rows("directory/accounts.parquet")}

    @cached_property
    def reading(self) -> Reading:
        reading, seen = Reading(), set[str]()
        for path in sorted(self.folder.glob("logs/*.gz")):
            text = gzip.decompress(path.read_bytes()).decode()
            assert text.endswith("\n")
            for line in text.removesuffix("\n").split("\n"):
                self._read(line, seen, reading)
        return reading

    def _read(self, line: str, seen: set[str], reading: Reading) -> None:
        if not line.strip():
            reading.non_events["blank"] += 1
            return
        try:
            event = json.loads(line)
        except ValueError:
            reading.cut.append(line)
            return
        if event["kind"] == "heartbeat":
            reading.non_events["skip_rule"] += 1
        elif line in seen:
            reading.non_events["duplicate_record"] += 1
        else:
            seen.add(line)
            reading.events.append(event)

    def rule_of(self, event: Row) -> Row | None:
        """The one rule that matches; more than one is an error of the catalogue."""
        path, action = str(event["path"]).split("/"), self.actions[event["op"]]
        matching = [
            rule
            for rule in self.rules
            if rule["action"] == action and _matches(rule["object"].split("/"), path)
        ]
        assert len(matching) <= 1
        return matching[0] if matching else None

    @cached_property
    def disclosing(self) -> list[tuple[Row, Row, list[str]]]:
        """Events that show something, with their rule and the local ids shown."""
        served, shown = set[tuple[object, object]](), []
        for event in self.reading.events:
            rule = self.rule_of(event)
            attempt = (event["rid"], event["path"])
            if event["result"] != "ok":
                continue
            if attempt in served or rule is None or not rule["categories"]:
                continue
            served.add(attempt)
            shown.append((event, rule, self._shown_by(event)))
        return shown

    def _shown_by(self, event: Row) -> list[str]:
        if "subjects" in event:
            subjects = event["subjects"]
            assert isinstance(subjects, list)
            return subjects
        return [str(self.appointments[record_of(event)]["patient_id"])]

    def beyond_right(self) -> dict[str, list[Row]]:
        """Per patients' account, the clear disclosures of somebody that it may not see."""
        found = defaultdict(list)
        for event, rule, persons in self.disclosing:
            account = self.accounts.get(str(event["account"]))
            if rule["protection"] == "encrypted" or account is None or account["own_patient_id"] is None:
                continue
            dependants = account["dependants"]
            assert isinstance(dependants, list)
            if not set(persons) <= {account["own_patient_id"], *dependants}:
                found[str(event["account"])].append(event)
        return dict(found)

    def known(self) -> list[tuple[Row, Row]]:
        """Events that the [[known]] of the case match and that show something, with their rule."""
        (known,) = self.settings["known"]
        return [(event, rule) for event, rule, _ in self.disclosing if _is_known(known, event)]

    def persons_of(self, local_ids: set[str]) -> set[frozenset[str]]:
        """Group local ids by person: same INS, or same number and birth date and given name's letters."""
        group = {one: one for one in local_ids}

        def root(one: str) -> str:
            while group[one] != one:
                one = group[one]
            return one

        keys: dict[tuple[object, ...], str] = {}
        for one in sorted(local_ids):
            row = self.patients[one]
            for key in _keys(row):
                group[root(one)] = root(keys.setdefault(key, one))
        members = defaultdict(set)
        for one in local_ids:
            members[root(one)].add(one)
        return {frozenset(all_of) for all_of in members.values()}


def record_of(event: Row) -> str:
    """The appointment's number in a path."""
    return next(part for part in str(event["path"]).split("/") if part.isdigit())


def instant_of(event: Row) -> datetime:
    """When it happened."""
    return datetime.fromisoformat(str(event["time"])).astimezone(UTC)


def folded(name: object) -> str:
    """A name without its accents and marks, as all systems can write it."""
    letters = unicodedata.normalize("NFD", str(name).upper())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return plain.replace("-", " ").replace("'", " ")


def _keys(row: Row) -> list[tuple[object, ...]]:
    keys: list[tuple[object, ...]] = []
    if row["ins"] is not None:
        keys.append(("ins", row["ins"]))
    if row["nss"] is not None:
        keys.append(("nss", row["nss"], row["birth_date"], folded(row["given_names"])))
    return keys


def _matches(pattern: list[str], path: list[str]) -> bool:
    if len(pattern) != len(path):
        return False
    return all(p == "*" or p.startswith("{") or p == part for p, part in zip(pattern, path, strict=True))


def _is_known(known: Row, event: Row) -> bool:
    since, until = known["from"], known["until"]
    assert isinstance(since, datetime)
    assert isinstance(until, datetime)
    return (
        event["client"] == known["client"]
        and ipaddress.ip_address(str(event["ip"])) == ipaddress.ip_address(str(known["address"]))
        and since <= instant_of(event) < until
    )
