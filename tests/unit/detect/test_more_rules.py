# SPDX-License-Identifier: Apache-2.0
"""More exact rules: each with the thief that it finds and the honest neighbour that it leaves alone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.made_case import HEAD, Rows, make_case
from tests.unit.detect.directory import reasons
from tests.unit.detect.small_platform import (
    SOURCES,
    START,
    doctor,
    numbered,
    patient,
    quiet_days,
    read,
    stranger,
)
from tests.unit.detect.test_rules import EVERYBODY
from tocsin.core.plugins import load_plugins
from tocsin.detect.interface import Detector
from tocsin.detect.prepare import prepare_sessions
from tocsin.detect.run import create_empty
from tocsin.store.case import Case

ELSEWHERE = {"device": "elsewhere", "address": "192.0.2.9"}
RECORDS = """
[[records]]
name = "report"
paths = ["none.csv"]
columns = { record = "id", person = "p", at = "date" }
"""


KINDS = {
    kind.name: kind
    for kind in load_plugins("tocsin.detectors", Detector).values()  # type: ignore[type-abstract]
}


def told_by(case: Case, name: str) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """One detector's findings, and what it says of its sight; no other one is run."""
    detector = KINDS[name]()
    assert detector.can_see(case)
    with case.engine(*detector.reads) as engine:
        prepare_sessions(case, engine)
        create_empty(engine, "findings", "rank")
        engine.create("told", detector.find(case, engine))
        rows = engine.table("select * from told").to_pylist()
        sight = detector.sight_sql(case, engine)
        return rows, engine.table(sight).to_pylist() if sight else []


def rule(
    folder: Path, name: str, events: Rows, settings: str = "", **tables: Rows
) -> dict[str, dict[str, object]]:
    """What one detector found, by account."""
    (folder / "case.toml").write_text(HEAD + SOURCES + settings, "utf-8")
    with make_case(folder, events=numbered(events), **tables) as case:  # type: ignore[arg-type]
        return {str(row["account"]): row for row in told_by(case, name)[0]}


def renewal(number: int, day: int, minute: int, **columns: object) -> dict[str, object]:
    return read(number, day, minute, None, action="update", object_type="UPDATE_TOTP", object=None) | columns


def bulk(number: int, day: int, minute: int, persons: int = 15, **columns: object) -> list[dict[str, object]]:
    return [read(number, day, minute + n, stranger(n), **columns) for n in range(persons)]


def test_factor_renewed_before_a_new_place_reads_in_bulk_is_told(tmp_path: Path) -> None:
    thief = [renewal(1, 7, 300, **ELSEWHERE), *bulk(1, 7, 340, **ELSEWHERE)]  # type: ignore[arg-type]
    by_administrator = [
        renewal(
            9,
            7,
            300,
            action="admin",
            object=doctor(2),
            detail='{"activity": "Reset password"}',
            object_type=None,
        ),
        *bulk(2, 7, 420, device="other", address="192.0.2.10"),
    ]
    found = rule(tmp_path, "renewed", [*quiet_days(8), *thief, *by_administrator])
    assert set(found) == {doctor(1), doctor(2)}
    assert reasons(found[doctor(1)])[0]["values"] == {"minutes": 40, "persons": 15}
    assert reasons(found[doctor(2)])[0]["values"] == {"minutes": 120, "persons": 15}
    assert float(str(found[doctor(1)]["p"])) == 0.45


def test_factor_renewed_by_its_owner_is_not_told(tmp_path: Path) -> None:
    at_the_usual_place = [renewal(1, 7, 300), *bulk(1, 7, 340)]
    few = [renewal(2, 7, 300), *bulk(2, 7, 340, 5, **ELSEWHERE)]
    long_before = [renewal(3, 5, 300), *bulk(3, 7, 340, device="third", address="192.0.2.11")]
    refused = [renewal(4, 7, 300, outcome="failure"), *bulk(4, 7, 340, device="fourth", address="192.0.2.12")]
    events = [*quiet_days(8), *at_the_usual_place, *few, *long_before, *refused]
    assert rule(tmp_path, "renewed", events) == {}


def test_program_that_hardly_anybody_uses_is_told(tmp_path: Path) -> None:
    usual = [row | {"client": "portal-web"} for row in quiet_days(8)]
    thief = bulk(1, 7, 340, 25, client="harvest-api")
    few = bulk(2, 7, 340, 10, client="mobile-beta")
    [row] = rule(tmp_path, "rare_client", [*usual, *thief, *few]).values()
    assert (row["account"], row["persons"]) == (doctor(1), 25)
    assert reasons(row)[0]["values"] == {"persons": 25, "accounts": 1}


def test_program_that_many_take_up_is_not_told(tmp_path: Path) -> None:
    usual = [row | {"client": "portal-web"} for row in quiet_days(8)]
    new = [row for number in range(5) for row in bulk(number, 7, 340, 25, client="new-web")]
    assert rule(tmp_path, "rare_client", [*usual, *new]) == {}


def at_once(number: int, days: range, **columns: object) -> list[dict[str, object]]:
    """Beside the owner's morning, in the same minutes."""
    return [read(number, day, 1 + 3 * n, stranger(n + 10 * day), **columns) for day in days for n in range(5)]


def test_two_places_at_once_are_told(tmp_path: Path) -> None:
    found = rule(tmp_path, "overlap", [*quiet_days(12), *at_once(1, range(7, 10), **ELSEWHERE)])
    assert {account: float(str(row["p"])) for account, row in found.items()} == {doctor(1): 0.45}
    assert reasons(found[doctor(1)])[0]["values"] == {"times": 3, "persons": 15}


def test_telephone_workstation_and_shared_way_out_are_not_two_places(tmp_path: Path) -> None:
    from_the_beginning = at_once(1, range(12), device="phone", address="192.0.2.20")
    workstation = [
        row for n in (2, 3) for row in at_once(n, range(7, 10), device="ward", address="192.0.2.21")
    ]
    carrier = [
        row
        for n in range(4, 34)
        for row in at_once(n, range(7, 8 + 2 * (n == 4)), device=f"tablet{n}", address="192.0.2.22")
    ]
    events = [*quiet_days(12), *from_the_beginning, *workstation, *carrier]
    assert rule(tmp_path, "overlap", events) == {}


def searches(number: int, day: int, asked: list[str], items: int = 3) -> list[dict[str, object]]:
    return [
        read(number, day, 200 + n, None, action="search", query=text, items=items)
        for n, text in enumerate(asked)
    ]


def test_searches_up_the_alphabet_or_the_calendar_are_told(tmp_path: Path) -> None:
    alphabet = searches(1, 3, [f"name={first}{second}" for first in "abc" for second in "aehlnrst"])
    born = [(START - timedelta(days=9000 - n)).strftime("birth=%d/%m/%Y") for n in range(40)]
    found = rule(tmp_path, "sweep", [*quiet_days(5), *alphabet, *searches(2, 3, born)], accounts=EVERYBODY)
    assert {a: reasons(row)[0]["values"] for a, row in found.items()} == {
        doctor(1): {"rising": 23, "steps": 23},
        doctor(2): {"rising": 39, "steps": 39},
    }


def test_searches_in_any_order_are_not_told(tmp_path: Path) -> None:
    asked = [f"name={chr(97 + n * 7 % 26)}" for n in range(60)]
    assert rule(tmp_path, "sweep", [*quiet_days(5), *searches(1, 3, asked)], accounts=EVERYBODY) == {}


def test_broad_searches_are_told_beyond_the_professions_own(tmp_path: Path) -> None:
    asked = [f"{n * 7919}" for n in range(25)]
    broad, narrow = searches(1, 3, asked, items=50), searches(2, 3, asked, items=19)
    everybody = [row for n in range(40) for row in searches(n, 1, asked[:1])]
    events = [*quiet_days(5), *everybody, *broad, *narrow]
    [row] = rule(tmp_path, "broad_search", events, accounts=EVERYBODY).values()
    assert row["account"] == doctor(1)
    assert reasons(row)[0]["values"] == {"broad": 25, "searches": 25}


def test_broad_searches_of_a_whole_profession_are_not_told(tmp_path: Path) -> None:
    events = [row for n in range(40) for row in searches(n, 1, [f"{n}-{m}" for m in range(25)], items=50)]
    assert rule(tmp_path, "broad_search", [*quiet_days(3), *events], accounts=EVERYBODY) == {}


def opened(number: int, day: int, names: list[str]) -> list[dict[str, object]]:
    return [
        read(number, day, 200 + n, None, record_type="report", record=name) for n, name in enumerate(names)
    ]


def made(names: list[str], days_before: int) -> list[dict[str, object]]:
    at = START - timedelta(days=days_before)
    return [{"record_type": "report", "record": name, "person": f"P{name}", "at": at} for name in names]


def test_records_that_nobody_opened_for_a_year_are_told(tmp_path: Path) -> None:
    old, new = [f"old{n}" for n in range(25)], [f"new{n}" for n in range(60)]
    others = [row for n in range(2, 40) for row in opened(n, 3, new[:2])]
    events = [*opened(1, 3, old), *opened(2, 4, new), *others]
    records = [*made(old, 800), *made(new, 30)]
    found = rule(tmp_path, "old_records", events, RECORDS, accounts=EVERYBODY, records=records)
    assert {a: reasons(row)[0]["values"] for a, row in found.items()} == {
        doctor(1): {"old": 25, "opened": 25}
    }


def test_old_records_that_others_had_just_opened_are_not_told(tmp_path: Path) -> None:
    old = [f"old{n}" for n in range(25)]
    others = [row for n, name in enumerate(old) for row in opened(2 + n, 2, [name])]
    events = [*others, *opened(1, 3, old)]
    assert rule(tmp_path, "old_records", events, RECORDS, accounts=EVERYBODY, records=made(old, 800)) == {}


def test_spray_from_an_address_by_which_many_get_in_accuses_nobody(tmp_path: Path) -> None:
    same = {"address": "192.0.2.7"}
    failed = [read(n, 0, n, None, action="login_failed", outcome="failure", **same) for n in range(12)]
    entered = [read(n, 0, 30 + n, None, action="login", **same) for n in range(12)]
    assert rule(tmp_path, "failures", [*failed, *entered]) == {}


def sight_of(folder: Path, events: Rows) -> dict[str, dict[str, object]]:
    (folder / "case.toml").write_text(HEAD + SOURCES, "utf-8")
    with make_case(folder, events=numbered(events)) as case:
        return {str(row["code"]): row for row in told_by(case, "unsigned")[1]}


def test_path_that_asks_nobody_to_sign_in_is_said(tmp_path: Path) -> None:
    open_to_all = [
        read(0, 1, n, stranger(n), account=None, object=f"/print/{n}", address=f"192.0.2.{n % 2}")
        for n in range(7)
    ]
    told = sight_of(tmp_path, [*quiet_days(3), *open_to_all])["unsigned"]
    assert told["value"] == 7
    assert told["en"] == (
        "7 patients were shown to whoever asked, without an account: 7 accesses from 2 addresses,"
        " most of them by “/print/*”."
    )


def test_nothing_is_said_of_requests_that_show_nobody_or_fail(tmp_path: Path) -> None:
    nobody = [read(0, 1, n, None, account=None, object="/") for n in range(7)]
    refused = [read(0, 1, n, patient(1, n), account=None, outcome="failure") for n in range(7)]
    assert "unsigned" not in sight_of(tmp_path, [*quiet_days(3), *nobody, *refused])
