# SPDX-License-Identifier: Apache-2.0
"""A claim is said from its id, a proof under its hypotheses, a contradiction with its exceptions."""

from __future__ import annotations

import pytest

from tocsin.core.words import words
from tocsin.report import statements
from tocsin.report.reading import Claim

FR, EN = words("fr"), words("en")


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("claim", "french"),
    [
        ("no:finance.bank", "Aucune donnée de cette sorte : coordonnées bancaires"),
        ("protected:health.reason", "Illisible pour qui l’a vu : motif de consultation"),
        ("no_change:appointment", "Rien de modifié parmi les rendez-vous"),
        ("no_from:appointment:site:v2", "Rien, parmi les rendez-vous, qui vienne de “site:v2”"),
        ("no_other_source", "Aucune autre source que celles où des accès ont été trouvés"),
        ("never_before", "Cela ne s’était jamais produit"),
        ("of_another_kind", "of_another_kind"),
    ],
)
def test_claim_is_said_from_its_id(claim, french) -> None:
    assert plain(statements.claim_phrase(FR, Claim(claim))) == french


def test_claim_is_said_in_its_own_words_when_it_has_some() -> None:
    assert statements.claim_phrase(EN, Claim("no:x", text={"fr": "Rien", "en": "Nothing"})) == "Nothing"


def test_proof_is_always_said_under_its_hypotheses() -> None:
    claims = [
        Claim("no:finance.bank", "proven", hypotheses=["catalogue 3", "logs whole"]),
        Claim("no:health.reason", "proven", hypotheses=["logs whole", "custody"]),
    ]
    labels = statements.hypothesis_labels(EN, claims)
    assert labels == {"catalogue 3": "H1", "logs whole": "H2", "custody": "H3"}
    graded = [statements.grade_phrase(EN, c, statements.labels_of(EN, c, labels)) for c in claims]
    assert graded == ["Proven, under H1 and H2", "Proven, under H2 and H3"]
    assert statements.grade_phrase(EN, Claim("x", "proven")) == "Proven, its hypotheses not stated"


@pytest.mark.parametrize("exceptions", [2, ["a", "b"]])
def test_contradiction_counts_its_exceptions(exceptions) -> None:
    assert (
        statements.grade_phrase(EN, Claim("x", "contradicted", exceptions=exceptions))
        == "Contradicted: 2 exceptions"
    )


def test_contradiction_counts_exceptions_that_are_not_listed() -> None:
    claim = Claim("x", "contradicted", exceptions=["a"], exceptions_count=47)
    assert statements.grade_phrase(FR, claim) == "Contredit\u00a0: 47 exceptions"
