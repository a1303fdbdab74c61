# SPDX-License-Identifier: Apache-2.0
"""A made hospital of which the whole log is known, and copies of it as logs really come: with holes.

Two accounts were stolen; one of their readings is of a bank page. A copy lacks lines in one of the ways of
`KINDS`; the truth, the persons that the thieves saw, is that of the whole log.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

START: Final = datetime(2025, 9, 1, tzinfo=UTC)
"""A Monday."""

DAYS: Final = 14
NODES: Final = ("n0", "n1", "n2", "n3")
ACCOUNTS: Final = 24
ACTS: Final = 20
PERSONS: Final = 1_500
STOLEN: Final = ("acc-03", "acc-17")
KINDS: Final = ("gap", "rotation", "sampling", "renumbered", "truncated", "uncounted", "expired")
ATTACK: Final = START + timedelta(days=9)

CASE: Final = """
[case]
id = "degraded"
title = "A log with holes"
zone = "UTC"
[[sources]]
name = "app"
paths = ["logs/*.ndjson"]
format = "mapped"
mapping = "app.toml"
custody = "{custody}"
period = {{ from = 2025-09-01T00:00:00Z, until = 2025-09-15T00:00:00Z }}
most_per_second = 0.5
[[registries]]
name = "patients"
paths = ["patients.csv"]
complete = true
[registries.columns]
person = "id"
[catalogue]
path = "catalogue.toml"
[claims]
none = ["finance.bank", "contact.email"]
[[known]]
account = "acc-03"
from = 2025-09-10T00:00:00Z
until = 2025-09-13T00:00:00Z
[[known]]
account = "acc-17"
from = 2025-09-10T00:00:00Z
until = 2025-09-13T00:00:00Z
"""
MAPPING: Final = """
reader = "json-lines"
[fields]
occurred_at = { path = "$.t", time = "iso8601" }
account = { path = "$.u" }
session = { path = "$.s" }
node = { path = "$.n" }
sequence = { path = "$.q" }
action = { const = "read" }
outcome = { const = "success" }
object = { path = "$.o" }
"""
RULES: Final = """
signed_by = "The publisher"
[[shows]]
source = "app"
object = "/card/{person}"
categories = ["identity.name"]
[[shows]]
source = "app"
object = "/bank/{person}"
categories = ["identity.name", "finance.bank"]
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One act of the whole log."""

    at: datetime
    account: str
    session: str
    node: str
    person: int
    is_theft: bool
    is_bank: bool = False


def whole_log(seed: int = 1) -> list[Line]:
    """Everything that happened, in order of time; nodes take turns by chance."""
    chance = random.Random(seed)
    lines = []
    for day in range(DAYS):
        for number in range(ACCOUNTS):
            account = f"acc-{number:02d}"
            for _ in range(ACTS):
                at = START + timedelta(days=day, hours=7, seconds=chance.randrange(11 * 3600))
                node = chance.choice(NODES)
                lines.append(Line(at, account, f"{account}-{day}", node, chance.randrange(PERSONS), False))
    for account in STOLEN:
        for night in range(3):
            begun = ATTACK + timedelta(days=night, hours=1)
            for step in range(60):
                at = begun + timedelta(seconds=120 * step + chance.randrange(60))
                is_bank = account == STOLEN[0] and night == 1 and step == 30
                person = chance.randrange(PERSONS)
                node = "n0" if is_bank else chance.choice(NODES)
                session = f"{account}-night-{night}"
                lines.append(Line(at, account, session, node, person, True, is_bank))
    return sorted(lines, key=lambda line: (line.at, line.account))


def truth_of(lines: list[Line]) -> int:
    """Distinct persons shown to the accounts in question, in the nights that are."""
    ended = ATTACK + timedelta(days=3)
    return len({one.person for one in lines if one.account in STOLEN and ATTACK <= one.at < ended})


def write_copy(folder: Path, lines: list[Line], kind: str, seed: int) -> None:
    """A case whose log lacks lines in one way; the page of the bank is always among what is lost."""
    chance = random.Random(f"{kind} {seed}")
    folder.mkdir(parents=True)
    custody = "attacker-reachable" if kind == "renumbered" else "outside"
    (folder / "case.toml").write_text(CASE.format(custody=custody), "utf-8")
    (folder / "app.toml").write_text(MAPPING, "utf-8")
    (folder / "catalogue.toml").write_text(RULES, "utf-8")
    people = "".join(f"{number}\n" for number in range(PERSONS))
    (folder / "patients.csv").write_text("id\n" + people, "utf-8")
    (folder / "logs").mkdir()
    for (node, day), texts in _files(_numbered(lines, kind, chance)).items():
        text = "".join(texts)
        if kind == "truncated" and (node, day) == ("n0", 10):
            text = text[: _middle(text, chance)]
        (folder / "logs" / f"{node}-{day:02d}.ndjson").write_text(text, "utf-8")


def _numbered(lines: list[Line], kind: str, chance: random.Random) -> list[tuple[Line, int | None]]:
    """The lines that are left, each with its node's counter; who renumbers takes out before counting."""
    begun = ATTACK + timedelta(days=1, hours=chance.uniform(-6, 1.5))
    ended = begun + timedelta(hours=chance.uniform(6, 12))
    share = chance.uniform(0.2, 0.7)
    gone: dict[str, Callable[[Line], bool]] = {
        "gap": lambda one: one.node == "n0" and begun <= one.at < ended,
        "rotation": lambda one: one.node == "n0" and one.at < ended,
        "sampling": lambda one: (
            one.node == "n0" and begun <= one.at < begun + timedelta(days=3) and chance.random() < share
        ),
        "renumbered": lambda one: one.is_theft and one.node == "n0" and _lot(one.session, share),
        "uncounted": lambda one: begun <= one.at < begun + timedelta(hours=18),
        "expired": lambda one: one.at < ended,
    }
    lost = gone.get(kind, _never)
    left, counters = [], dict.fromkeys(NODES, 100)
    for line in lines:
        is_gone = lost(line) or (line.is_bank and kind != "truncated")
        if not (is_gone and kind == "renumbered"):
            counters[line.node] += 1
        if not is_gone:
            left.append((line, None if kind == "uncounted" else counters[line.node]))
    return left


def _never(_: Line) -> bool:
    return False


def _lot(session: str, share: float) -> bool:
    return random.Random(session).random() < share


def _files(lines: list[tuple[Line, int | None]]) -> dict[tuple[str, int], list[str]]:
    files: dict[tuple[str, int], list[str]] = {}
    for line, number in lines:
        page = "bank" if line.is_bank else "card"
        row = {
            "t": line.at.isoformat(),
            "u": line.account,
            "s": line.session,
            "n": line.node,
            "q": number,
            "o": f"/{page}/{line.person}",
        }
        files.setdefault((line.node, _day_of(line)), []).append(json.dumps(row) + "\n")
    return files


def _day_of(line: Line) -> int:
    """The day that a file begins with: the first node's are cut around the day that may be truncated."""
    day = (line.at - START).days
    return (day > 9) * 10 + (day > 10) if line.node == "n0" else 0


def _middle(text: str, chance: random.Random) -> int:
    """Within a record, before the page of the bank."""
    end = text.index("/bank/")
    return text.index("\n", chance.randrange(end // 3)) + 40
