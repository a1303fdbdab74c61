# SPDX-License-Identifier: Apache-2.0
"""What one person is answered: all of theirs, nobody else's, and complaints that invent nothing."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.made_case import NOON, make_case
from tests.unit.notify.scenes import TEXTS, exposed, person
from tests.unit.notify.test_packs import MAIL, disclosed, linked
from tocsin.core.errors import InputError
from tocsin.notify.access import Answer, answer_access, write_answer
from tocsin.notify.access_lines import masked
from tocsin.store.case import Case

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
NIR = "260017500100142"


def held_case(folder: Path, **more: object) -> Case:
    """1 was shown, 2 never; 11 is a file that is only probably of 1."""
    rows = [
        person(1, nir=NIR, family_name="<b>Durand</b>", phone="0600000001", **more),
        person(2, family_name="Martin"),
        person(11, family_name="Autrui", email="autrui@example.com"),
    ]
    return make_case(
        folder,
        settings=TEXTS + MAIL,
        registry=rows,
        persons=[linked(1), linked(2), linked(1, 11) | {"sure_id": 11, "sure": False}],
        exposure=exposed(1),
        controllers=[{"controller": "c1", "name": "Hôpital du Port"}],
        disclosures=[
            disclosed(1, "c1"),
            disclosed(1, "c1", "id.nir", "reachable"),
            disclosed(11, "c1", "finance.bank"),
        ],
        events=[
            {"event_id": n, "occurred_at": NOON, "source": "portal", "account": "dr.rossi"}
            | {"account_name": "Docteur Rossi", "action": "read", "outcome": "success"}
            for n in (1, 11)
        ],
        judged=[{"event_id": n, "suspect_id": 1, "verdict": "illegitimate", "p": 1.0} for n in (1, 11)],
        unresolved=[{"event_id": 99, "reason": "no_rule"}],
    )


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with held_case(tmp_path_factory.mktemp("access")) as held:
        yield held


@pytest.fixture(scope="module")
def answer(case: Case) -> Answer:
    return answer_access(case, "patients", "P000001", AT)


def test_answer_says_categories_certainty_days_log_controller_and_what_is_not_known(answer: Answer) -> None:
    text = answer.documents["answer"][1]
    seen, perhaps = text.index("Ces données ont été vues"), text.index("peut-être été vues")
    assert seen < text.index("- nom et prénoms, le 11 juin 2024") < perhaps
    assert perhaps < text.index("- numéro de sécurité sociale, le 11 juin 2024")
    for said in ("journal portal", "données de Hôpital du Port", "compte n° 1", "vous peut-être\u00a0: 1"):
        assert said in text
    assert answer.categories == 2


def test_answer_masks_accounts_and_numbers_of_the_state(answer: Answer) -> None:
    for _title, text in answer.documents.values():
        assert "rossi" not in text.lower()
        assert NIR not in text
    assert "2••••••••••••42" in answer.documents["answer"][1]


def test_file_that_is_only_probably_theirs_is_left_out_and_counted(answer: Answer) -> None:
    text = answer.documents["answer"][1]
    assert (answer.probable, answer.lines) == (1, ())
    assert not any(word in text for word in ("Autrui", "autrui@example.com", "P000011", "bancaires"))


def test_complaints_hold_the_facts_and_leave_the_rest_blank(answer: Answer) -> None:
    for name, law in (("complaint", "323-1"), ("claim", "article 77")):
        text = answer.documents[name][1]
        for said in (law, "Référence du dossier", "Un compte a été utilisé sans droit.", "- nom et prénoms"):
            assert said in text
        assert "Adresse : ……" in text.replace("\u00a0", " ")
        assert "le courrier que" not in text


def test_person_of_whom_nothing_was_shown_is_told_its_worth_and_gets_no_complaint(
    case: Case,
) -> None:
    answer = answer_access(case, "patients", "P000002", AT)
    text = answer.documents["answer"][1]
    assert set(answer.documents) == {"answer"}
    assert "aucun accès qui aurait montré vos données" in text
    assert "nous ne pouvons pas exclure" in text
    assert "Durand" not in text


def test_unknown_local_id_is_refused_without_being_repeated(case: Case) -> None:
    with pytest.raises(InputError) as refused:
        answer_access(case, "patients", "P999999", AT)
    assert "P999999" not in str(refused.value)


def test_files_are_private_escaped_and_readable_by_a_machine(
    case: Case, answer: Answer, tmp_path: Path
) -> None:
    files = write_answer(case, answer, tmp_path / "answer", AT)
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    page = (tmp_path / "answer" / "answer.html").read_text()
    assert "&lt;b&gt;Durand" in page
    assert "<b>Durand" not in page
    pdf = pypdf.PdfReader(io.BytesIO((tmp_path / "answer" / "answer.pdf").read_bytes()))
    assert "/StructTreeRoot" in str(pdf.root_object)
    assert "Réponse" in pdf.pages[0].extract_text()


def test_folder_that_holds_something_is_not_written_to(case: Case, answer: Answer, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="holds something"):
        write_answer(case, answer, tmp_path, AT)


@given(st.text(max_size=20))
def test_masked_numbers_show_three_characters_at_most(number: str) -> None:
    assert len(masked(number).replace("•", "")) <= 3
