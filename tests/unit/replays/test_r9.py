# SPDX-License-Identifier: Apache-2.0
"""R9: the account is found without being told, the persons counted, and each has the way that was hidden.

The ways are worked out again here by a plain reading of the registry's file, which shares nothing with the
generator nor with the product.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.made_case import rows_of
from tocsin.cli.main import run_command
from tocsin.notify.outbox import Outbox
from tocsin.replays.r9.replay import R9
from tocsin.replays.r9.size import size_at
from tocsin.store.case import Case

Row = dict[str, Any]
Lists = dict[str, set[str]]
PARTNER = "part-garde-a-domicile"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration, run once."""
    folder = tmp_path_factory.mktemp("r9") / "demo"
    assert run_command(["demo", "R9", "--scale", "0.0003", "--to", str(folder), "--by", "demo"]) == 0
    return folder


def read_json(path: Path) -> Row:
    read: Row = json.loads(path.read_text("utf-8"))
    return read


def taken(home: Path) -> set[str]:
    """Numbers that the partner's access obtained once its agreement was over."""
    found: set[str] = set()
    for path in (home / "case" / "journaux").iterdir():
        for line in gzip.decompress(path.read_bytes()).decode().splitlines():
            act = json.loads(line)
            if act["compte"] == PARTNER and act["horodatage"] > "2025-10-01":
                found |= {act.get("assure"), *act.get("assures", ())} - {None}
    return found


def persons(rows: Sequence[Row]) -> list[list[Row]]:
    """Files by person: one INS is one, so is one NIR with one birth date."""
    by_key: dict[object, int] = {}
    groups: dict[int, list[Row]] = defaultdict(list)
    for number, row in enumerate(rows):
        keys = [key for key in (row["ins"], row["nir"] and (row["nir"], row["ne_le"])) if key]
        person = next((by_key[key] for key in keys if key in by_key), number)
        by_key |= dict.fromkeys(keys, person)
        groups[person].append(row)
    return list(groups.values())


def lists(home: Path) -> Lists:
    """Who is told another way, by the name of the rule."""
    named = {"adresse-protegee": "adresses-protegees.csv", "parents-separes": "parents-separes.csv"}
    folder = home / "case" / "listes"
    return {rule: set((folder / name).read_text("utf-8").split()[1:]) for rule, name in named.items()}


def is_mailbox(email: str | None) -> bool:
    return bool(email and re.fullmatch(r"[a-z0-9]+@example\.org", email) and not email.startswith("inconnu"))


def is_address(address: str | None) -> bool:
    return bool(address and (address.endswith("Belgique") or not re.search(r", 99\d{3} ", address)))


def way(files: Sequence[Row], registry: Mapping[str, Row], crowd: Counter[str], listed: Lists) -> str:
    """What the how-to page says, read row by row: the first rule that holds."""
    guardian = next((str(row["tuteur"]) for row in files if row["tuteur"]), "")
    given = [row["courriel"] for row in files if row["courriel"]]
    mailboxes = [one for one in given if is_mailbox(one)]
    channel = "post" if any(is_address(row["adresse"]) for row in files) else "none"
    by_mail = guardian in registry and registry[guardian]["courriel"]
    has_address = any(row["adresse"] for row in files)
    own = {row["assure"] for row in files}
    is_minor = any(row["ne_le"].isoformat() > "2007-11-15" for row in files)
    rules = (
        *((bool(own & ids), f"suppressed.rule_{rule}") for rule, ids in listed.items()),
        (any(row["decede"] for row in files), "suppressed.deceased"),
        (bool(guardian) and guardian not in registry, "none.representative_unknown"),
        (bool(guardian), f"{'email' if by_mail else 'post'}.representative"),
        (is_minor, "post.minor_by_post" if channel == "post" else "none.minor_without_address"),
        (bool(mailboxes) and crowd[mailboxes[0]] <= 5, "email.best_way"),
        (bool(mailboxes), f"{channel}.mailbox_shared"),
        (bool(given), f"{channel}.email_wrong"),
        (channel == "post", "post.no_email"),
        (has_address, "none.contact_wrong"),
    )
    return next((name for holds, name in rules if holds), "none.no_contact")


def test_account_persons_and_those_to_inform_are_found(home: Path) -> None:
    truth = read_json(home / "truth" / "truth.json")
    report = read_json(home / "case" / "report" / "report.json")
    [row] = report["accounts"]
    assert (row["account"], row["verdict"], row["rank"]) == (PARTNER, "illegitimate", 1)
    assert {name: report["counts"]["persons"][name] for name in truth["persons"]} == truth["persons"]
    assert truth["notices"]["to_inform"] == truth["persons"]["best"] + 1  # the partner whose access it was


def test_demonstration_compares_the_balance_of_the_notices_too(home: Path) -> None:
    """The fixture's exit code says that all agree: here, that a wrong balance would not."""
    report = read_json(home / "case" / "report" / "report.json")
    missed = {one.expected.figure for one in R9().compare(report, home / "truth") if not one.agrees}
    assert missed
    assert all(figure.startswith("notices.") for figure in missed)


def test_ways_are_what_a_plain_reading_of_the_registry_finds(home: Path) -> None:
    numbers, truth = taken(home), read_json(home / "truth" / "truth.json")
    rows = pq.read_table(home / "case" / "listes" / "assures.parquet").to_pylist()
    registry = {row["assure"]: row for row in rows}
    listed = lists(home)
    told = persons([registry[number] for number in sorted(numbers & registry.keys())])
    alone = [files for files in told if not any(row["tuteur"] for row in files)]
    assert {row["ne_le"].year > 2007 for files in told for row in files} == {True, False}
    first = (next((row["courriel"] for row in files if row["courriel"]), None) for files in alone)
    crowd = Counter(one for one in first if one)
    found = Counter(way(files, registry, crowd, listed) for files in told)
    found["none.not_in_registry"] = len(numbers - registry.keys())
    found["none.account_no_contact"] = 1
    expected = {
        f"{channel}.{reason}": many
        for channel, reasons in truth["notices"]["ways"].items()
        for reason, many in reasons.items()
    }
    assert found == expected
    assert len(expected) > 10


def test_each_person_is_told_through_whoever_the_generator_hid(home: Path) -> None:
    expected = {row["person"]: row for row in pq.read_table(home / "truth" / "told.parquet").to_pylist()}
    registry = {
        row["assure"]: row for row in pq.read_table(home / "case" / "listes" / "assures.parquet").to_pylist()
    }
    with Case(home / "case", by="tests", read_only=True) as case:
        found = {row["person_id"]: row for row in rows_of(case, "recipients")}
        numbers = {row["person"]: row["person_id"] for row in rows_of(case, "persons")}
    through = Counter[str]()
    for local, told in expected.items():
        row = found[numbers[local]]
        reason = "rule" if told["reason"].startswith("rule_") else told["reason"]
        assert (row["channel"], row["reason"]) == (told["channel"], reason)
        if told["channel"] in ("email", "post"):
            assert row["addressee"] == told["addressee"]
        if told["through"]:
            guardian = registry[told["through"]]
            assert row["email"] == guardian["courriel"]
            through[told["channel"]] += 1
        if told["reason"] == "minor_by_post":
            assert str(row["lines"][0]).startswith("AUX REPRESENTANTS LEGAUX DE")  # type: ignore[index]
            through["parents"] += 1
    assert len(through) == 3


def test_rehearsal_sends_nothing_and_leaves_the_wave_as_it_was(home: Path) -> None:
    outbox = Outbox.open(home / "case")
    try:
        assert outbox.standing().keys() == {"queued", "no_route", "suppressed"}
    finally:
        outbox.close()


def test_life_size_is_more_than_a_million() -> None:
    assert size_at(1).persons == 1_200_000
    assert R9().variants == ("ended-agreement",)
