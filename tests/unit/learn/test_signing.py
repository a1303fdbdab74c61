# SPDX-License-Identifier: Apache-2.0
"""A rule counts once a named person signs it; what is uncovered then shrinks exactly as was said."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.made_case import rows_of
from tests.unit.learn.scenes import COVERED, asked_for, learn_from, open_learning
from tests.unit.scope.scenes import HEAD, KNOWN, RECORDS, REGISTRY
from tocsin.core.errors import InputError
from tocsin.core.settings import load_catalogue
from tocsin.learn.proposed_file import FILE, read_proposals
from tocsin.learn.signing import Signature, reject_rule, sign_rule
from tocsin.scope.run import run as run_scope
from tocsin.store.case import Case

PATHS = ("/fhir/Patient/P001", "/fhir/Patient/P002", "/fhir/Patient/P003", "/help", "/help", "/news/1")
SEEN = Signature("looked at the screen")


def reopened(folder: Path, by: str = "A. Martin") -> Case:
    return Case(folder, by=by)


def rule_of(folder: Path, path: str) -> str:
    return next(kept.name for kept in read_proposals(folder) if kept.rule.object == path)


def learned(folder: Path, *paths: str, catalogue: str = "", **asked: object) -> Path:
    with open_learning(folder, asked_for(*(paths or PATHS)), catalogue=catalogue) as case:
        run_scope(case)
        learn_from(case, **asked)
    return folder


def test_proposals_are_a_catalogue_of_their_own_and_never_the_catalogue(tmp_path: Path) -> None:
    folder = learned(tmp_path, *PATHS, "/v1/patients/P001/card", catalogue=COVERED)
    assert (folder / "catalogue.toml").read_text("utf-8") == COVERED
    [patient] = load_catalogue(folder / FILE).shows
    assert patient.object == "/fhir/Patient/{person}"
    assert {"identity.name", "contact.phone"} <= set(patient.categories)
    waiting = {kept.rule.object for kept in read_proposals(folder) if kept.is_waiting}
    assert waiting == {"/help", "/news/*"}


def test_uncovered_share_shrinks_exactly_as_predicted(tmp_path: Path) -> None:
    with open_learning(tmp_path, asked_for(*PATHS)) as case:
        assert run_scope(case).uncovered == 6
        proposals = {one.name: one for one in learn_from(case).proposals}
    left = 6
    for name, one in proposals.items():
        with reopened(tmp_path) as case:
            chosen = Signature("seen", () if one.is_open else None)
            signed = sign_rule(case, name, chosen)
            left -= one.effect.uncovered
            assert signed.after.uncovered == left
        with reopened(tmp_path) as case:
            report = run_scope(case)
            assert (report.uncovered, report.events) == (left, 6)
    assert left == 0


def test_signed_rule_discloses_what_was_undetermined(tmp_path: Path) -> None:
    folder = learned(tmp_path)
    with reopened(folder) as case:
        assert {row["category"] for row in rows_of(case, "disclosures")} <= {"undetermined"}
        sign_rule(case, rule_of(folder, "/fhir/Patient/{person}"), Signature("seen", ("identity.name",)))
    with reopened(folder) as case:
        run_scope(case)
        assert {(row["person"], row["category"]) for row in rows_of(case, "disclosures")} == {
            (f"P{n:03}", "identity.name") for n in (1, 2, 3)
        }


def test_signature_stands_in_the_catalogue_and_in_the_journal(tmp_path: Path) -> None:
    given = '# by hand [not a table]\nversion = "2024-06"\n' + COVERED
    folder = learned(tmp_path, *PATHS, "/v1/patients/P001/card", catalogue=given)
    name = rule_of(folder, "/fhir/Patient/{person}")
    with reopened(folder) as case:
        sign_rule(case, name, SEEN)
        entry = next(case.journal.newest_first())
    catalogue = load_catalogue(folder / "catalogue.toml")
    assert catalogue.version == "2024-06+1"
    assert (catalogue.shows[1].signed_by, catalogue.shows[1].version) == ("A. Martin", "1")
    assert catalogue.shows[1].signed_at is not None
    assert (folder / "catalogue.toml").read_text("utf-8").startswith("# by hand [not a table]\n")
    assert (entry.kind, entry.by, entry.body["rule"]) == ("learn:rule:signed", "A. Martin", name)
    assert entry.body["why"] == "looked at the screen"


def test_rule_without_categories_cannot_be_signed_as_it_is(tmp_path: Path) -> None:
    folder = learned(tmp_path)
    with reopened(folder) as case, pytest.raises(InputError) as refused:
        sign_rule(case, rule_of(folder, "/help"), SEEN)
    assert refused.value.code == "no_categories"


@pytest.mark.parametrize("category", ["undetermined", "identity.nam"])
def test_category_that_hides_that_nobody_knows_is_refused(tmp_path: Path, category: str) -> None:
    folder = learned(tmp_path)
    before = (folder / "catalogue.toml").read_text("utf-8")
    with reopened(folder) as case, pytest.raises(InputError):
        sign_rule(case, rule_of(folder, "/help"), Signature("seen", (category,)))
    assert (folder / "catalogue.toml").read_text("utf-8") == before


def test_rule_that_meets_another_on_one_act_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    folder = learned(tmp_path, "/p/P001", "/p/P002", "/p/new")
    name = rule_of(folder, "/p/{person}")
    with (folder / "catalogue.toml").open("a", encoding="utf-8") as file:
        file.write('[[shows]]\nobject = "/p/P001"\ncategories = []\n')
    before = (folder / "catalogue.toml").read_text("utf-8")
    with reopened(folder) as case:
        entries = case.journal.head
        with pytest.raises(InputError) as refused:
            sign_rule(case, name, Signature("seen", ("identity.name",)))
        assert case.journal.head == entries
    assert refused.value.code == "ambiguous_catalogue"
    assert (folder / "catalogue.toml").read_text("utf-8") == before
    assert not list(folder.glob(".catalogue*"))


def test_rejected_rule_is_not_proposed_again_and_its_acts_stay_uncovered(tmp_path: Path) -> None:
    folder = learned(tmp_path)
    name = rule_of(folder, "/help")
    with reopened(folder) as case:
        reject_rule(case, name, "two screens share it")
        again = learn_from(case)
    assert name not in {one.name for one in again.proposals}
    assert again.rejected == (name,)
    assert again.left.uncovered == 2


def test_correction_by_hand_is_kept_when_proposals_are_made_anew(tmp_path: Path) -> None:
    folder = learned(tmp_path)
    path = folder / FILE
    text = path.read_text("utf-8")
    start = text.index("categories = [", text.index("/fhir/Patient"))
    end = text.index("]", start) + 1
    path.write_text(text[:start] + 'categories = ["identity.sex"]' + text[end:], "utf-8")
    with reopened(folder) as case:
        again = learn_from(case)
        assert again.path is not None
        sign_rule(case, rule_of(folder, "/fhir/Patient/{person}"), SEEN)
    assert load_catalogue(folder / "catalogue.toml").shows[0].categories == ["identity.sex"]
    assert (folder / f"{FILE}.before").exists()


def test_proposals_made_twice_are_the_same_bytes(tmp_path: Path) -> None:
    folder = learned(tmp_path)
    first = (folder / FILE).read_bytes()
    with reopened(folder) as case:
        learn_from(case)
    assert (folder / FILE).read_bytes() == first


@pytest.mark.parametrize(
    ("catalogue", "code"), [('shows = [{ object = "/help", categories = [] }]\n', "closed_catalogue")]
)
def test_catalogue_to_which_nothing_can_be_added_is_left_alone(
    tmp_path: Path, catalogue: str, code: str
) -> None:
    folder = learned(tmp_path, catalogue=catalogue)
    with reopened(folder) as case, pytest.raises(InputError) as refused:
        sign_rule(case, rule_of(folder, "/fhir/Patient/{person}"), SEEN)
    assert refused.value.code == code
    assert (folder / "catalogue.toml").read_text("utf-8") == catalogue


def test_claim_names_those_who_signed_its_rules(tmp_path: Path) -> None:
    settings = '[claims]\nnone = ["finance.bank"]\n'
    folder = learned(tmp_path)
    (folder / "case.toml").write_text(
        '[case]\nid = "made"\n' + HEAD + REGISTRY + RECORDS + KNOWN + settings, "utf-8"
    )
    with reopened(folder) as case:
        for path in ("/fhir/Patient/{person}", "/help", "/news/*"):
            case.by = "B. Durand" if path == "/help" else "A. Martin"
            sign_rule(case, rule_of(folder, path), Signature("seen", ()))
            case.__dict__.pop("catalogue")
        run_scope(case)
        [claim] = rows_of(case, "claims")
    assert claim["grade"] == "proven"
    assert "A. Martin, B. Durand" in str(claim["hypotheses"])
