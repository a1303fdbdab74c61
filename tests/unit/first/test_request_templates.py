# SPDX-License-Identifier: Apache-2.0
"""What varies in a request is one sign; what a route is called stays; no value shows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.first.request_templates import define_templates
from tocsin.store.engine import Engine


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine(memory="256MB", threads=1) as made:
        define_templates(made)
        yield made


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/v1/patients/1234/card", "/v1/patients/{id}/card"),
        ("/v1/patients/1/2/3/4", "/v1/patients/{id}/{id}/{id}/{id}"),
        ("/fhir/R4/Patient/abc12", "/fhir/R4/Patient/{id}"),
        ("/oauth2/token", "/oauth2/token"),
        ("/doc/3f2a7b1c-aaaa-bbbb-cccc-1234567890ab/download", "/doc/{id}/download"),
        ("/static/app-4f1c2b.js", "/static/{id}.js"),
        ("/help/page.pdf", "/help/page.pdf"),
        ("DocumentReference/12", "DocumentReference/{id}"),
        ("/people/jean.dupont@h.fr/card", "/people/{id}.fr/card"),
        ("Dossier de Mme Durand", "{id}"),
        ("DURAND^PAULE", "{id}"),
        ("//12//", "//{id}//"),
        ("/", "/"),
        ("", ""),
    ],
)
def test_template_keeps_the_route_and_hides_what_varies(engine: Engine, path: str, template: str) -> None:
    assert engine.value("select request_template($path)", path=path) == template


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("name=Durand&city=Lyon", "city&name"),
        ("page=2&page=3", "page"),
        ("1234567", "{id}"),
        ("ids[42]=x", "{id}"),
        ("", "{id}"),
        (None, None),
        ("&".join(f"p{chr(97 + n)}=1" for n in range(26)), "&".join(f"p{chr(97 + n)}" for n in range(12))),
    ],
)
def test_of_a_query_only_the_names_of_its_parameters_are_told(
    engine: Engine, query: str | None, names: str | None
) -> None:
    assert engine.value("select parameter_names($sent)", sent=query) == names


PATHS = st.text(alphabet="aZ09.1/-_@ é\n", max_size=40)


@settings(max_examples=150, deadline=None)
@given(PATHS)
def test_template_is_the_same_when_digits_are_folded_first(engine: Engine, path: str) -> None:
    rows = engine.rows(
        "select request_template(folded_digits($path)), request_template($path), "
        "len(string_split($path, '/')), len(string_split(request_template($path), '/'))",
        path=path,
    )
    folded, straight, parts, places = rows[0]
    assert folded == straight
    assert parts == places


@settings(max_examples=50, deadline=None)
@given(st.lists(st.from_regex(r"[0-9]{2,9}", fullmatch=True), min_size=1, max_size=5))
def test_no_number_of_two_digits_shows_in_a_template(engine: Engine, numbers: list[str]) -> None:
    told = str(engine.value("select request_template($path)", path="/".join(["/v1", *numbers])))
    assert told == "/v1" + "/{id}" * len(numbers)
