# SPDX-License-Identifier: Apache-2.0
"""Answers, choices, versions, receipts: what people decide is kept, what moved says so, nothing is cut."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.unit.declare.cases import NOW, copied, empty_case, golden_folder, journal_kinds
from tocsin.core.errors import InputError
from tocsin.core.words import words
from tocsin.declare.answers import record_answer
from tocsin.declare.clocks import State, deadlines_of
from tocsin.declare.fill import fill
from tocsin.declare.forms import find_form, load_forms
from tocsin.declare.gather import gather
from tocsin.declare.inputs import groups
from tocsin.declare.run import choose_basis, draft_forms, record_receipt
from tocsin.declare.versions import read_version, version_folder
from tocsin.pipeline import write_report
from tocsin.store.case import Case
from tocsin.store.parts import sha256_of

LATER = NOW + timedelta(hours=1)


def text_of(case: Case, form: str, version: int, name: str = "fr.txt") -> str:
    return (version_folder(case, form, version) / name).read_text("utf-8")


def test_every_form_asks_only_for_inputs_that_exist() -> None:
    for form in load_forms().values():
        assert set(form.groups) <= set(groups()), form.id
        assert set(form.clocks) <= set(form.kinds), form.id


def test_an_answer_stands_over_the_facts_which_stay_beside_it(tmp_path: Path) -> None:
    with copied(golden_folder(), tmp_path) as case:
        record_answer(case, "3.2.confidentiality", "exfiltrated", why="the file is on sale")
        field = fill(gather(case, NOW).ground)["3.2.confidentiality"]
    assert (field.value, field.origin, field.by, field.facts_say) == (
        "exfiltrated",
        "answer",
        "DPO",
        "likely",
    )
    assert field.evidence[0].kind == "journal"


def test_an_answer_taken_back_leaves_the_facts(tmp_path: Path) -> None:
    with copied(golden_folder(), tmp_path) as case:
        record_answer(case, "3.2.confidentiality", "exfiltrated", why="on sale")
        record_answer(case, "3.2.confidentiality", None, why="it was another file")
        assert fill(gather(case, NOW).ground)["3.2.confidentiality"].value == "likely"


def test_a_list_of_boxes_is_answered_as_a_whole(tmp_path: Path) -> None:
    with empty_case(tmp_path) as case:
        record_answer(case, "3.2.incident", "phishing, hacking", why="seen by the team")
        fields = fill(gather(case, NOW).ground)
    assert fields["3.2.incident.phishing"].value == "yes"
    assert fields["3.2.incident.ransomware"].value == "not_observed"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("3.2.cause", "extern_malicious", "bad_answer"),
        ("3.2.incident", "phishing,fishing", "bad_answer"),
        ("3.1.told_at", "2024-06-11 10:00", "bad_answer"),
        ("2.1.name", " ", "bad_answer"),
        ("2.1.activity", "x" * 121, "too_long"),
        ("3.3.number", "5", "figure"),
        ("3.9.nothing", "5", "no_such_field"),
    ],
)
def test_an_answer_that_the_field_cannot_hold_is_refused(
    tmp_path: Path, field: str, value: str, code: str
) -> None:
    with empty_case(tmp_path) as case, pytest.raises(InputError) as refused:
        record_answer(case, field, value, why="because")
    assert refused.value.code == code
    assert journal_kinds(case) == ["store:case:made"]


def test_an_answer_too_long_says_both_lengths(tmp_path: Path) -> None:
    with (
        empty_case(tmp_path) as case,
        pytest.raises(InputError, match="121 characters and the field holds 120"),
    ):
        record_answer(case, "2.1.activity", "x" * 121, why="because")


def test_an_answer_needs_a_reason(tmp_path: Path) -> None:
    with empty_case(tmp_path) as case, pytest.raises(InputError) as refused:
        record_answer(case, "2.1.sector", "public", why=" ")
    assert refused.value.code == "no_reason"


def test_settings_may_answer_and_a_person_goes_before(tmp_path: Path) -> None:
    more = '[declare.answers]\n"2.1.name" = "Clinique de la Butte"\n"2.1.sector" = "private"\n'
    with empty_case(tmp_path, more) as case:
        record_answer(case, "2.1.sector", "public", why="it is a public hospital")
        fields = fill(gather(case, NOW).ground)
    assert (fields["2.1.name"].value, fields["2.1.name"].origin) == ("Clinique de la Butte", "setting")
    assert fields["2.1.sector"].value == "public"


def test_a_new_version_is_made_only_when_something_changed(tmp_path: Path) -> None:
    with copied(golden_folder(), tmp_path) as case:
        [first], _, _ = draft_forms(case, NOW, ["cnil"])
        [again], _, _ = draft_forms(case, LATER, ["cnil"])
        assert (first.is_new, first.version, again.is_new, again.version) == (True, 1, False, 1)
        record_answer(case, "cnil.ongoing", "no", why="access was closed")
        [second], _, _ = draft_forms(case, LATER, ["cnil"])
        assert (second.is_new, second.version, second.changed) == (True, 2, ["cnil.ongoing"])
        assert version_folder(case, "cnil", 1).is_dir()


def test_each_file_of_a_version_has_its_hash_in_the_journal(tmp_path: Path) -> None:
    with empty_case(tmp_path) as case:
        draft_forms(case, NOW, ["edpb"])
        [entry] = [e for e in case.journal.entries() if e.kind == "declare:form:drafted"]
        folder = version_folder(case, "edpb", 1)
        hashes = entry.body["files"]
        assert isinstance(hashes, dict)
        assert {path.name: sha256_of(path) for path in folder.iterdir()} == hashes
        assert {"fields.json", "fr.html", "fr.txt", "en.html", "en.txt", "edpb-notification.json"} < set(
            hashes
        )


def test_a_figure_that_moved_shows_its_old_value_date_and_basis(tmp_path: Path) -> None:
    with copied(golden_folder(), tmp_path) as case:
        draft_forms(case, NOW, ["cnil"])
        record_receipt(case, find_form("cnil"), number="2024-77", at=NOW, now=LATER)
        choose_basis(case, "persons", "ceiling", why="the inquiry goes on")
        write_report(case)
        [drafted], _, _ = draft_forms(case, LATER, ["cnil"])
        assert (drafted.kind, drafted.version) == ("complementary", 2)
        assert "3.3.number" in drafted.changed
        text = text_of(case, "cnil", 2)
        assert "Nombre de personnes concernées\u00a0: 17 (12 juin 2024 à 10\u00a0h\u00a000) → 39" in text
        assert "2024-77" in text
        assert "declared.persons.value" in text_of(case, "cnil", 2, "fr.html")


def test_the_declared_count_follows_the_decision_and_names_it(tmp_path: Path) -> None:
    with copied(golden_folder(), tmp_path) as case:
        before = fill(gather(case, NOW).ground)
        assert (before["3.3.number"].value, before["3.3.certainty"].value) == (17, "approximate")
        entry = choose_basis(case, "persons", "floor", why="only what is proven")
        report = write_report(case)
        assert report["declared"] == {"persons": {"value": 12, "certainty": "approximate", "basis": "floor"}}
        field = fill(gather(case, NOW).ground)["3.3.number"]
        assert field.value == 12
        assert (f"{entry.number} {entry.kind}", entry.hash) in {(e.path, e.value) for e in field.evidence}
        told = fill(gather(case, NOW).ground)["fr.range_told"].value["fr"]
    assert "Au moins 12 personnes, vraisemblablement 17, au plus 39" in told
    assert "le nombre minimal" in told


def test_records_may_be_declared_on_another_basis(tmp_path: Path) -> None:
    with copied(golden_folder(), tmp_path) as case:
        choose_basis(case, "records:appointment", "ceiling", why="the inquiry goes on")
        report = write_report(case)
        assert report["declared"]["records:appointment"]["value"] == 12  # type: ignore[index]
        assert "declared.records:appointment.value" in report["figures"]  # type: ignore[operator]
        assert fill(gather(case, NOW).ground)["3.4.number"].value == 12


@pytest.mark.parametrize(("unit", "basis"), [("person", "best"), ("persons", "most"), ("files", "best")])
def test_a_choice_that_is_none_is_refused(tmp_path: Path, unit: str, basis: str) -> None:
    with empty_case(tmp_path) as case, pytest.raises(InputError) as refused:
        choose_basis(case, unit, basis, why="because")
    assert refused.value.code == "bad_choice"


def test_a_receipt_ends_the_clock_and_makes_the_next_one_a_follow_up(tmp_path: Path) -> None:
    with copied(golden_folder(), tmp_path) as case:
        draft_forms(case, NOW, ["cnil"])
        record_receipt(case, find_form("cnil"), number="2024-77", at=NOW, now=LATER)
        states = {one.clock.id: one.state for one in deadlines_of(case, LATER)}
        fields = fill(gather(case, LATER).ground)
    assert states["gdpr-33-initial"] is State.MET
    assert fields["1.type"].value == "follow_up"
    assert fields["1.previous_id"].value == "2024-77"


def test_a_receipt_without_a_draft_or_from_the_future_is_refused(tmp_path: Path) -> None:
    with empty_case(tmp_path) as case:
        for at, code in ((NOW, "not_drafted"), (LATER + timedelta(days=1), "to_come")):
            with pytest.raises(InputError) as refused:
                record_receipt(case, find_form("cnil"), number="1", at=at, now=LATER)
            assert refused.value.code == code


def test_reasons_for_the_delay_are_asked_only_past_72_hours(tmp_path: Path) -> None:
    with copied(golden_folder(), tmp_path) as case:
        assert fill(gather(case, NOW).ground)["3.1.late_reasons"].state == "not_applicable"
        late = fill(gather(case, NOW + timedelta(days=3)).ground)
        assert (late["fr.late"].value, late["3.1.late_reasons"].state) == ("yes", "tbd")
        draft_forms(case, NOW, ["cnil"])
        record_receipt(case, find_form("cnil"), number="1", at=NOW, now=NOW)
        assert fill(gather(case, NOW + timedelta(days=9)).ground)["fr.late"].value == "no"


def test_a_withdrawal_asks_for_its_reasons(tmp_path: Path) -> None:
    with copied(golden_folder(), tmp_path) as case:
        [drafted], _, _ = draft_forms(case, NOW, ["cnil"], "withdrawn")
        fields = read_version(case, "cnil", drafted.version).fields
    assert fields["1.subtype"].value == "withdrawn"
    assert fields["1.withdrawal_reasons"].state == "tbd"


def test_a_text_longer_than_its_box_is_told_and_never_cut(tmp_path: Path) -> None:
    with copied(golden_folder(), tmp_path) as case:
        settings = (case.folder / "case.toml").read_text("utf-8")
        (case.folder / "case.toml").write_text(
            settings + '\n[declare.boxes]\n"cnil.3.2.description" = 100\n', "utf-8"
        )
    with Case(tmp_path / "case", by="DPO") as case:
        [drafted], fields, _ = draft_forms(case, NOW, ["cnil"])
        [told] = drafted.too_long
        whole = fields["3.2.description"].value["fr"]
        assert (told["field"], told["length"], told["over"]) == (
            "3.2.description",
            len(whole),
            len(whole) - 100,
        )
        assert whole.split("\n")[-1] in text_of(case, "cnil", 1)
        assert f"({words('fr').number(len(whole))} écrits, 100 admis)" in text_of(case, "cnil", 1)


def test_a_version_that_is_gone_is_said_and_nothing_is_overwritten(tmp_path: Path) -> None:
    with empty_case(tmp_path) as case:
        draft_forms(case, NOW, ["cnil"])
        (version_folder(case, "cnil", 1) / "fields.json").unlink()
        with pytest.raises(InputError) as refused:
            draft_forms(case, NOW, ["cnil"])
    assert refused.value.code == "version_gone"


def test_the_edpb_json_fits_its_schema(tmp_path: Path) -> None:
    with copied(golden_folder(), tmp_path) as case:
        draft_forms(case, NOW, ["edpb"])
        folder = version_folder(case, "edpb", 1)
        notification = json.loads((folder / "edpb-notification.json").read_text("utf-8"))
        schema = json.loads((folder / "edpb-notification.schema.json").read_text("utf-8"))
    properties = schema["properties"]["fields"]["properties"]
    assert set(notification["fields"]) == set(properties) == set(schema["properties"]["fields"]["required"])
    assert set(notification) == set(schema["properties"])
    for name, field in notification["fields"].items():
        if field["state"] == "filled":
            assert field["evidence"]
            enum = properties[name]["then"]["properties"]["value"].get("enum")
            assert enum is None or field["value"] in enum
        else:
            assert "value" not in field


def test_every_form_is_drafted_of_an_empty_case_and_says_what_is_missing(tmp_path: Path) -> None:
    with empty_case(tmp_path) as case:
        drafted, _, _ = draft_forms(case, NOW)
        assert [one.form for one in drafted] == list(load_forms())
        for one in drafted:
            assert one.waiting, one.form
            page = text_of(case, one.form, 1, "fr.html")
            assert "<script" not in page
            assert "default-src 'none'" in page
        assert "[à compléter" in text_of(case, "complaint", 1)


HOSTILE = "<script>alert(1)</script>\n# Titre\n- point\u202e\x1b[31m {{ 7*7 }} ]**"


def test_hostile_answers_stay_text(tmp_path: Path) -> None:
    with empty_case(tmp_path) as case:
        for field in ("complaint.loss", "4.3.taken", "3.2.systems_place"):
            record_answer(case, field, HOSTILE, why=HOSTILE)
        draft_forms(case, NOW)
        for form in load_forms():
            page = text_of(case, form, 1, "fr.html")
            assert "<script" not in page
            assert "\u202e" not in page
            assert "\x1b" not in page
        assert "<h2>Titre" not in text_of(case, "complaint", 1, "fr.html")
        assert "{{ 7*7 }}" in text_of(case, "complaint", 1)


def test_no_account_and_no_local_id_stands_in_a_declaration(tmp_path: Path) -> None:
    with copied(golden_folder(), tmp_path) as case:
        draft_forms(case, NOW)
        written = [path for path in (case.folder / "declarations").rglob("*") if path.is_file()]
        assert written
        for path in written:
            text = path.read_text("utf-8")
            assert "dr.lemoine" not in text, path
            assert "P0001" not in text, path


def test_measures_told_are_the_steps_that_stand_when_some_were_undone_or_did_not_hold(tmp_path: Path) -> None:
    with empty_case(tmp_path) as case:

        def say(kind: str, by: str, step: str, **more: bool) -> None:
            case.journal.append(f"contain:step:{kind}", {"account": "a", "step": step, **more}, by=by)

        say("done", "Anne", "sessions")
        say("undone", "Anne", "sessions")
        draft_forms(case, NOW)
        assert "confinement" not in text_of(case, "cnil", 1)
        for step in ("sign_in", "sessions", "tokens", "keys"):
            say("done", "Anne", step)
        say("checked", "Bruno", "sign_in", holds=True)
        say("checked", "Bruno", "sessions", holds=False)
        say("checked", "Anne", "tokens", holds=True)
        say("undone", "Anne", "keys")
        draft_forms(case, NOW)
        told = " ".join(text_of(case, "cnil", 2).split())
        assert "pour 1 compte : 2 en place, dont 1 vérifiée par" in told
