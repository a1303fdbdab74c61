# SPDX-License-Identifier: Apache-2.0
"""A log written act by act, and what a first look must find in it, counted in plain Python."""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

MORNING = datetime(2024, 6, 11, 6, 0, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)

MAPPING = """reader = "json-lines"
[fields]
occurred_at = { path = "$.time", time = "iso8601" }
account = { path = "$.user" }
session = { path = "$.session" }
address = { path = "$.ip" }
device = { path = "$.device" }
user_agent = { path = "$.agent" }
action = { path = "$.op" }
object = { path = "$.path" }
query = { path = "$.query" }
person = { path = "$.person" }
record_type = { path = "$.kind" }
record = { path = "$.record" }
outcome = { path = "$.outcome" }
status = { path = "$.status" }
bytes = { path = "$.bytes" }
"""


@dataclass(frozen=True)
class Act:
    """One line of the log."""

    at: datetime
    user: str | None
    ip: str | None = "192.0.2.1"
    session: str | None = None
    device: str | None = None
    agent: str | None = None
    op: str = "read"
    path: str | None = None
    query: str | None = None
    person: str | None = None
    kind: str | None = None
    record: str | None = None
    outcome: str = "success"
    status: str = "200"
    bytes: int = 100

    def line(self) -> str:
        """As the mapping reads it."""
        told = {name: value for name, value in self.__dict__.items() if value is not None and name != "at"}
        return json.dumps({"time": self.at.isoformat(), **told}) + "\n"


def write_log(folder: Path, acts: Iterable[Act], name: str = "app.ndjson") -> list[str]:
    """Write the log and its mapping; the arguments of `tocsin first` that read them."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("".join(act.line() for act in acts), "utf-8")
    (folder / "mapping.toml").write_text(MAPPING, "utf-8")
    return [str(folder / name), "--mapping", str(folder / "mapping.toml")]


def random_acts(seed: int, size: int = 400) -> list[Act]:
    """A few accounts over two days, in order of time: shared exits, shared tokens, silences, failures."""
    chance = random.Random(seed)
    at = MORNING
    acts = []
    for _ in range(size):
        at += timedelta(minutes=chance.choice([0, 1, 1, 2, 5, 29, 30, 31, 90]))
        user = chance.choice(["dr.a", "dr.b", "dr.c", "Dr.A", None])
        n = chance.randrange(40)
        op, path, person, record = chance.choice(
            [
                ("read", f"/v1/patients/{n}/card", f"P{n}", None),
                ("read", f"/v1/documents/{n}", None, f"D{n}"),
                ("search", "/v1/search", None, None),
                ("login", "/login", None, None),
            ]
        )
        acts.append(
            Act(
                at,
                user,
                ip=chance.choice(["192.0.2.1", "192.0.2.2", "203.0.113.9"]),
                session=chance.choice([None, None, "s1", "s2"]),
                device=chance.choice([None, "pc-1"]),
                agent=chance.choice([None, "curl/8", "firefox"]),
                op=op,
                path=path,
                query="name=x&city=y" if op == "search" else None,
                person=person,
                kind="document" if record else None,
                record=record,
                outcome=chance.choice(["success", "success", "failure", "unknown"]),
                bytes=chance.randrange(1000),
            )
        )
    return acts


def sessions_of(acts: list[Act], user: str, source: str) -> list[tuple[str, datetime, datetime, int]]:
    """(id, first, last, acts), in order of time; ids from where each line begins in the file."""
    offset = 0
    runs: dict[tuple[object, ...], list[list[tuple[int, datetime]]]] = {}
    for act in acts:
        if act.user == user:
            key = ("logged", act.session) if act.session else ("cut", act.device, act.ip)
            found = runs.setdefault(key, [[]])
            if act.session is None and found[-1] and act.at - found[-1][-1][1] > HALF_AN_HOUR:
                found.append([])
            found[-1].append((offset, act.at))
        offset += len(act.line().encode())
    told = [
        (_digest(source, user, run[0][0]), run[0][1], run[-1][1], len(run))
        for found in runs.values()
        for run in found
    ]
    return sorted(told, key=lambda row: (row[1], row[0]))


def _digest(source: str, user: str, event: int) -> str:
    return hashlib.sha256("\x1f".join((source, user, str(event))).encode()).hexdigest()[:16]


def distinct(acts: list[Act], user: str, column: str) -> dict[str, int]:
    """How many distinct values of a column the account named, by how it went."""
    named = [(act.outcome, getattr(act, column)) for act in acts if act.user == user and getattr(act, column)]
    counts = Counter(outcome for outcome, _ in set(named))
    return {
        "total": len({value for _, value in named}),
        **{o: counts[o] for o in ("success", "failure", "unknown")},
    }


def siblings_of(acts: list[Act], user: str) -> set[tuple[str, str, str, int, int]]:
    """(account, kind, value, accounts in all, acts) of everything that another account shares."""
    kinds = {"address": "ip", "device": "device", "user_agent": "agent", "session": "session"}
    found = set()
    for kind, column in kinds.items():
        seen = Counter((getattr(act, column), act.user) for act in acts if getattr(act, column) and act.user)
        for value in {value for value, name in seen if name == user}:
            sharing = [name for held, name in seen if held == value]
            found |= {
                (name, kind, value, len(sharing), seen[value, name]) for name in sharing if name != user
            }
    return found


def standing_of(acts: list[Act], user: str, measure: str) -> tuple[int, int, int, int]:
    """(value, rank, below, accounts) of a count by account."""
    values = _measured(acts, measure)
    value = values[user]
    above = sum(other > value for other in values.values())
    below = sum(other < value for other in values.values())
    return value, above + 1, below, len(values)


def _measured(acts: list[Act], measure: str) -> dict[str, int]:  # noqa: PLR0911  # a table of measures
    named = [act for act in acts if act.user]
    users = {str(act.user) for act in named}
    if measure == "persons":
        return {u: distinct(acts, u, "person")["success"] for u in users}
    if measure == "objects":
        return {u: len({a.path for a in named if a.user == u and a.outcome == "success"}) for u in users}
    if measure == "addresses":
        return {u: len({a.ip for a in named if a.user == u}) for u in users}
    if measure == "bytes":
        return {u: sum(a.bytes for a in named if a.user == u) for u in users}
    if measure == "failures":
        return {u: sum(a.outcome == "failure" for a in named if a.user == u) for u in users}
    if measure == "busiest_hour":
        hours = Counter((a.user, a.at.replace(minute=0, second=0)) for a in named)
        return {u: max(n for (name, _), n in hours.items() if name == u) for u in users}
    return dict(Counter(str(act.user) for act in named))
