# SPDX-License-Identifier: Apache-2.0
"""Stays, appointments and declared doctors out of HL7 v2: each message is counted once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

from tests.unit.ingest.hl7_writing import BOTH, PATIENTS, message, pid, read, segment
from tocsin.core.settings.inputs import RegistrySettings

ADMITTED = segment("PV1", _2="I", _7="10001234567^HOUSE", _19="V1", _44="20240601080000")
APPOINTMENT = segment("SCH", _1="B1", _11="^^^20240701100000")
BY_B = segment("AIP", _1="1", _3="dr.b^B")


def who(rows: list[dict[str, object]]) -> set[tuple[str, str, str]]:
    keys = ("account", "professional_id", "organisation")
    return {
        (str(row["person"]), key, str(row[key])) for row in rows for key in keys if row.get(key) is not None
    }


def test_stay_runs_from_its_admission_to_its_discharge(tmp_path: Path) -> None:
    out = segment("PV1", _2="I", _19="V1", _45="20240605090000")
    text = message("ADT^A01", pid("P1"), ADMITTED) + message("ADT^A03", pid("P1"), out, at="20240605090000")
    [row], fates = read(tmp_path, "hl7v2", text)
    assert row == {
        "professional_id": "10001234567",
        "registry": "patients",
        "person": "P1",
        "from": datetime(2024, 6, 1, 6, tzinfo=UTC),
        "until": datetime(2024, 6, 5, 7, tzinfo=UTC),
        "kind": "stay",
        "a date is unread": False,
    }
    assert fates == {("relation", "ADT^A01"): 1, ("relation", "ADT^A03"): 1}


def test_doctors_are_found_by_number_login_and_national_number_and_wards_where_they_are_known(
    tmp_path: Path,
) -> None:
    visit = segment(
        "PV1", _2="I", _3="CARDIO^12^1", _7="dr.a~X9^OTHER", _8="810009999998^R", _9="^NAMELESS", _10="ORTHO"
    )
    rows, _ = read(tmp_path, "hl7v2", message("ADT^A01", pid("P1"), visit))
    assert who(rows) == {
        ("P1", "account", "dr.a"),
        ("P1", "professional_id", "10009999998"),
        ("P1", "professional_id", "X9"),
        ("P1", "organisation", "CARDIO"),
    }


def test_stay_is_open_when_its_discharge_is_cancelled(tmp_path: Path) -> None:
    out = segment("PV1", _2="I", _19="V1", _45="20240605090000")
    text = (
        message("ADT^A01", pid("P1"), ADMITTED)
        + message("ADT^A03", pid("P1"), out, at="20240605090000")
        + message("ADT^A13", pid("P1"), segment("PV1", _2="I", _19="V1"), at="20240605100000")
    )
    [row], _ = read(tmp_path, "hl7v2", text)
    assert "until" not in row


@pytest.mark.parametrize("cancel", ["A11", "A23", "A38"])
def test_cancelled_admission_is_no_relation(tmp_path: Path, cancel: str) -> None:
    text = message("ADT^A01", pid("P1"), ADMITTED) + message(
        f"ADT^{cancel}", pid("P1"), ADMITTED, at="20240601090000"
    )
    rows, fates = read(tmp_path, "hl7v2", text)
    assert (rows, fates) == ([], {("not_relation", "cancelled"): 2})


def test_order_of_messages_is_told_by_their_times_when_files_are_mixed_up(tmp_path: Path) -> None:
    later = message("ADT^A11", pid("P1"), ADMITTED, at="20240601090000")
    assert read(tmp_path, "hl7v2", later, message("ADT^A01", pid("P1"), ADMITTED))[0] == []


def test_outpatient_visit_that_nothing_ends_is_an_instant(tmp_path: Path) -> None:
    visit = segment("PV1", _2="O", _7="dr.a", _44="20240610090000+0200")
    [row], _ = read(tmp_path, "hl7v2", message("ADT^A04", pid("P1"), visit))
    assert (row["from"], row["until"]) == (
        datetime(2024, 5, 11, 7, tzinfo=UTC),
        datetime(2024, 7, 10, 7, tzinfo=UTC),
    )


def test_appointment_names_its_personnel_and_no_room(tmp_path: Path) -> None:
    text = message("SIU^S12", APPOINTMENT, pid("P1"), BY_B, segment("AIG", _1="1", _3="ROOM2"))
    [row], fates = read(tmp_path, "hl7v2", text)
    assert (row["account"], row["kind"]) == ("dr.b", "appointment")
    assert fates == {("relation", "SIU^S12"): 1}


@pytest.mark.parametrize("cancel", ["S15", "S16", "S17"])
def test_cancelled_appointment_is_no_relation(tmp_path: Path, cancel: str) -> None:
    text = message("SIU^S12", APPOINTMENT, pid("P1"), BY_B) + message(
        f"SIU^{cancel}", APPOINTMENT, pid("P1"), BY_B, at="20240602"
    )
    assert read(tmp_path, "hl7v2", text) == ([], {("not_relation", "cancelled"): 2})


def test_appointment_moved_and_given_to_another_holds_as_it_was_last_told(tmp_path: Path) -> None:
    moved = segment("SCH", _1="B1", _11="^^^20240801100000")
    out = segment("AIP", _1="1", _2="D", _3="dr.b^B")
    text = message("SIU^S12", APPOINTMENT, pid("P1"), BY_B) + message(
        "SIU^S13", moved, pid("P1"), out, segment("AIP", _1="2", _3="dr.a"), at="20240602"
    )
    [row], _ = read(tmp_path, "hl7v2", text)
    assert (row["account"], row["from"]) == ("dr.a", datetime(2024, 7, 2, 8, tzinfo=UTC))


def test_declared_doctor_is_a_relation_of_its_own(tmp_path: Path) -> None:
    role = segment("ROL", _1="1", _2="AD", _3="ODRP", _4="dr.a^A", _5="20200101", _6="20240101")
    gone = segment("ROL", _1="1", _2="DE", _3="ODRP", _4="dr.b^B")
    [row], _ = read(tmp_path, "hl7v2", message("ADT^A28", pid("P1"), role, gone))
    assert (row["account"], row["kind"], row["until"]) == (
        "dr.a",
        "declared_gp",
        datetime(2023, 12, 31, 23, tzinfo=UTC),
    )


def test_person_is_told_by_each_authority_that_a_registry_declares(tmp_path: Path) -> None:
    text = message("ADT^A01", pid("P1", "L7^^^LABO", "Z^^^ELSEWHERE"), ADMITTED)
    rows, _ = read(tmp_path, "hl7v2", text)
    assert {(row["registry"], row["person"]) for row in rows} == {("patients", "P1"), ("laboratory", "L7")}
    named, _ = read(tmp_path, "hl7v2", text, registry="laboratory")
    assert [row["person"] for row in named] == ["L7"]


def test_identifier_of_an_unknown_authority_is_set_aside(tmp_path: Path) -> None:
    text = message("ADT^A01", pid("Z^^^ELSEWHERE"), ADMITTED)
    assert read(tmp_path, "hl7v2", text) == ([], {("set_aside", "unknown_authority"): 1})
    assert read(tmp_path, "hl7v2", text, registries=[PATIENTS])[1] == {("set_aside", "unknown_authority"): 1}


def test_internal_number_is_taken_when_the_only_registry_declares_no_authority(tmp_path: Path) -> None:
    text = message("ADT^A01", pid("Z^^^ELSEWHERE^PT", "P1^^^OURS^PI"), ADMITTED)
    [row], _ = read(tmp_path, "hl7v2", text, registries=[RegistrySettings(name="patients", columns={})])
    assert (row["registry"], row["person"]) == ("patients", "P1")


def test_relations_of_a_merged_person_hold_for_both_numbers_through_any_chain(tmp_path: Path) -> None:
    def merge(kept: str, gone: str) -> str:
        return message("ADT^A40", pid(kept), segment("MRG", _1=gone + "^^^CHU&1.2.250.1.99.1&ISO"))

    text = message("ADT^A01", pid("P1"), ADMITTED) + merge("P2", "P1") + merge("P3", "P2") + merge("P2", "P3")
    rows, fates = read(tmp_path, "hl7v2", text)
    assert {row["person"] for row in rows} == {"P1", "P2", "P3"}
    assert fates[("not_relation", "merge")] == 3


def test_date_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    visit = segment("PV1", _2="I", _7="dr.a", _44="yesterday")
    [row], _ = read(tmp_path, "hl7v2", message("ADT^A01", pid("P1"), visit))
    assert row["a date is unread"] is True


def test_messages_are_read_as_interface_engines_write_them(tmp_path: Path) -> None:
    plain = message("ADT^A01", pid("P1"), ADMITTED)
    framed = "\x0b" + plain + "\x1c\r"
    lines = "FHS|^~\\&\nBHS|^~\\&\n" + plain.replace("\r", "\r\n") + "BTS|1\nFTS|1\n"
    for number, text in enumerate((plain, framed, framed * 2, lines, "\ufeff" + plain.replace("\r", "\n"))):
        (tmp_path / str(number)).mkdir()
        rows, fates = read(tmp_path / str(number), "hl7v2", text)
        assert {row["person"] for row in rows} == {"P1"}
        assert fates == {("relation", "ADT^A01"): 2 if number == 2 else 1}


def test_own_separators_and_escapes_are_read(tmp_path: Path) -> None:
    text = message("ADT^A01", pid("P\\S\\1"), ADMITTED)
    assert read(tmp_path, "hl7v2", text)[0][0]["person"] == "P^1"
    swapped = message("ADT^A01", pid("P1"), ADMITTED).translate(str.maketrans("|^~&", "#@!$"))
    assert read(tmp_path, "hl7v2", swapped)[0][0]["person"] == "P1"


@pytest.mark.parametrize(("charset", "codec"), [("8859/1", "latin-1"), ("8859/15", "iso8859-15")])
def test_encoding_is_the_one_that_the_message_names(tmp_path: Path, charset: str, codec: str) -> None:
    visit = segment("PV1", _2="I", _7="Zoé¼" if codec == "latin-1" else "Zoé€", _44="20240601")
    text = message("ADT^A01", pid("P1"), visit, charset=charset).encode(codec)
    [row], _ = read(tmp_path, "hl7v2", text)
    assert row["professional_id"] == ("Zoé¼" if codec == "latin-1" else "Zoé€")


def test_other_messages_and_broken_ones_are_counted_by_kind(tmp_path: Path) -> None:
    text = (
        message("ORU^R01", pid("P1"))
        + message("ADT^A01", ADMITTED)
        + message("ADT^A01", pid("P1"), segment("PV1", _2="I"))
        + "MSH|^~\\&|x\r"
        + message("<b>^x", pid("P1"))
    )
    _, fates = read(tmp_path, "hl7v2", text)
    assert fates == {
        ("not_relation", "ORU^R01"): 1,
        ("set_aside", "no_person"): 1,
        ("not_relation", "nobody"): 1,
        ("set_aside", "broken"): 1,
        ("not_relation", "other"): 1,
    }


SEGMENTS = st.lists(
    st.sampled_from([pid("P1"), pid("", "^^^"), ADMITTED, BY_B, APPOINTMENT, "PV1", 'MRG|""', "ROL|||||"]),
    max_size=4,
)
TYPES = st.sampled_from(
    ["ADT^A01", "ADT^A03", "ADT^A11", "ADT^A40", "SIU^S12", "SIU^S15", "ORU^R01", "", "^"]
)


@tried(max_examples=6, deadline=None)
@given(st.lists(st.tuples(TYPES, SEGMENTS), max_size=6))
def test_every_message_has_one_fate(told: list[tuple[str, list[str]]]) -> None:
    text = "".join(message(kind, *segments) for kind, segments in told)
    with TemporaryDirectory() as folder:
        _, fates = read(Path(folder), "hl7v2", text, registries=BOTH)
    assert sum(fates.values()) == len(told)
