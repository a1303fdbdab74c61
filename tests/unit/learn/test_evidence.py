# SPDX-License-Identifier: Apache-2.0
"""What speaks for a category: a type, a schema, a reply; and files of strangers, that never stop the verb."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.learn.scenes import asked_for, learn_from, open_learning, write_json
from tocsin.core.errors import InputError
from tocsin.core.field_names import field_of
from tocsin.core.terms import Category
from tocsin.learn.fhir import _table
from tocsin.learn.openapi import declared_by, read_openapi
from tocsin.learn.templates import Template
from tocsin.learn.walk import read_known, read_walk, seen_in

CARD = "/v1/patients/{person}/card"


def template(path: str = CARD, action: str = "read") -> Template:
    return Template("app", action, None, path, (), 1, 1, 1, 0, 0, 1, 1, 1, None, None, None)


def described(schema: object, *, path: str = "/patients/{id}/card", **more: object) -> dict[str, object]:
    reply = {"200": {"content": {"application/json": {"schema": schema}}}}
    return {
        "openapi": "3.1.0",
        "servers": [{"url": "https://api.example.org/v1"}],
        "paths": {path: {"get": {"responses": reply}}},
        **more,
    }


def categories(folder: Path, tree: object, one: Template | None = None) -> set[str]:
    description = read_openapi(write_json(folder / "api.json", tree))
    return {basis.category for basis in declared_by(description, one or template())}


def test_every_category_of_the_tables_exists() -> None:
    known = {category.value for category in Category}
    told = [c for table in _table().values() for listed in table.values() for c in listed]
    assert set(told) <= known
    assert {field_of(name).category for name in ("nom", "birthDate", "N° SS", "iban")} <= known  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("date_de_naissance", "identity.birth_date"),
        ("patientBirthDate", "identity.birth_date"),
        ("PRÉNOM", "identity.name"),
        ("tel_portable", "contact.phone"),
        ("matricule-ins", "id.ins"),
        ("motDePasse", "credential.password"),
    ],
)
def test_name_of_a_field_tells_its_category(name: str, category: str) -> None:
    found = field_of(name)
    assert found is not None
    assert found.category == category


def test_name_that_nobody_knows_tells_nothing() -> None:
    assert field_of("xyzzy") is None
    assert field_of("") is None


def test_schema_of_a_reply_proposes_categories_through_references_and_lists(tmp_path: Path) -> None:
    tree = described(
        {"allOf": [{"$ref": "#/components/schemas/Card"}, {"properties": {"email": {}}}]},
        components={
            "schemas": {
                "Card": {
                    "properties": {
                        "birthDate": {},
                        "next": {"type": "array", "items": {"$ref": "#/components/schemas/Visit"}},
                    }
                },
                "Visit": {"properties": {"motif": {}, "again": {"$ref": "#/components/schemas/Card"}}},
            }
        },
    )
    assert categories(tmp_path, tree) == {"contact.email", "identity.birth_date", "health.reason"}


def test_swagger_two_is_read(tmp_path: Path) -> None:
    tree = {
        "swagger": "2.0",
        "basePath": "/v1",
        "paths": {
            "/patients/{id}/card": {"get": {"responses": {"200": {"schema": {"properties": {"nom": {}}}}}}}
        },
    }
    assert categories(tmp_path, tree) == {"identity.name"}


def test_other_method_or_path_proposes_nothing(tmp_path: Path) -> None:
    tree = described({"properties": {"nom": {}}})
    assert categories(tmp_path, tree, template(action="delete")) == set()
    assert categories(tmp_path, tree, template("/v1/patients/{person}/bill")) == set()


def test_more_precise_of_two_paths_speaks(tmp_path: Path) -> None:
    tree = described({"properties": {"nom": {}}})
    tree["paths"]["/{kind}/{id}/card"] = {  # type: ignore[index]
        "get": {"responses": {"200": {"content": {"a": {"schema": {"properties": {"iban": {}}}}}}}}
    }
    assert categories(tmp_path, tree) == {"identity.name"}


def test_remote_reference_is_named_and_not_followed(tmp_path: Path) -> None:
    tree = described({"$ref": "https://example.org/card.json"})
    description = read_openapi(write_json(tmp_path / "api.json", tree))
    assert description.not_followed == ["https://example.org/card.json"]


def test_reference_to_itself_ends(tmp_path: Path) -> None:
    loop = {"A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}}
    tree = described({"$ref": "#/components/schemas/A"}, components={"schemas": loop})
    assert categories(tmp_path, tree) == set()


def test_schemas_that_multiply_are_cut(tmp_path: Path) -> None:
    many = {f"S{n}": {"anyOf": [{"$ref": f"#/components/schemas/S{n + 1}"}] * 20} for n in range(30)}
    tree = described({"$ref": "#/components/schemas/S0"}, components={"schemas": many})
    assert categories(tmp_path, tree) == set()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.yaml", "openapi: 3.1.0", "not_openapi"),
        ("b.yaml", "a: &x [1]\nb: [*x, *x]", "yaml_alias"),
        ("c.yml", "a: [", "broken_yaml"),
        ("d.yml", "[" * 5000, "broken_yaml"),
        ("e.yml", "!!python/object/apply:os.system [x]", "not_openapi"),
        ("a.json", "{", "broken_json"),
        ("b.json", "[" * 5000, "too_deep"),
        ("c.json", '{"openapi": "3.0.0"}', "not_openapi"),
        ("d.json", "[]", "not_openapi"),
        ("e.json", '{"a": ' + "9" * 6000 + "}", "too_deep"),
    ],
)
def test_file_that_is_no_description_is_refused_in_one_sentence(
    tmp_path: Path, name: str, content: str, code: str
) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(InputError) as refused:
        read_openapi(tmp_path / name)
    assert refused.value.code == code


def test_description_in_yaml_says_what_the_same_in_json_says(tmp_path: Path) -> None:
    text = """openapi: 3.1.0
paths:
  /patients/{id}:
    get:
      responses:
        200:
          content:
            application/json:
              schema: {type: object, properties: {birthDate: {type: string}, no: {type: string}}}
"""
    (tmp_path / "a.yaml").write_text(text, "utf-8")
    schema = {"type": "object", "properties": {"birthDate": {"type": "string"}, "no": {"type": "string"}}}
    content = {"application/json": {"schema": schema}}
    tree = {
        "openapi": "3.1.0",
        "paths": {"/patients/{id}": {"get": {"responses": {"200": {"content": content}}}}},
    }
    (tmp_path / "a.json").write_text(json.dumps(tree), "utf-8")
    assert read_openapi(tmp_path / "a.yaml") == read_openapi(tmp_path / "a.json")
    assert read_openapi(tmp_path / "a.yaml").operations[0].fields


def har(*steps: tuple[str, str, object]) -> dict[str, object]:
    entries = [
        {
            "request": {"method": method, "url": url},
            "response": {"content": {"text": text if isinstance(text, str) else json.dumps(text)}},
        }
        for method, url, text in steps
    ]
    return {"log": {"version": "1.2", "entries": entries}}


PERSON = {
    "identity.name": ["Dupont", "Camille"],
    "contact.phone": "06 12 34 56 78",
    "identity.birth_date": "1980-02-01",
    "identity.sex": "F",
}


def walked(folder: Path, *steps: tuple[str, str, object], one: Template | None = None) -> dict[str, str]:
    known = read_known(write_json(folder / "person.json", PERSON))
    found = read_walk(write_json(folder / "walk.har", har(*steps)), known)
    return {basis.where: basis.category for basis in seen_in(found, one or template())}


def test_walk_shows_which_fields_held_the_test_person(tmp_path: Path) -> None:
    reply = {
        "who": {"full": "CAMILLE  DUPONT", "sex": "F", "born": "01/02/1980"},
        "tel": "+33612345678",
        "other": "Dupontel",
        "note": None,
    }
    assert walked(tmp_path, ("GET", "https://app/v1/patients/77/card?x=1", reply)) == {
        "$.who.full": "identity.name",
        "$.who.sex": "identity.sex",
        "$.who.born": "identity.birth_date",
        "$.tel": "contact.phone",
    }


def test_walk_on_another_request_says_nothing(tmp_path: Path) -> None:
    assert walked(tmp_path, ("GET", "https://app/v1/help", {"name": "Dupont"})) == {}


def test_page_that_is_no_json_is_searched_as_text(tmp_path: Path) -> None:
    found = walked(tmp_path, ("GET", "https://app/v1/patients/77/card", "<b>Dupont</b>, F"))
    assert found == {"(text)": "identity.name"}


def test_reply_seen_stands_before_what_a_type_can_hold(tmp_path: Path) -> None:
    write_json(tmp_path / "person.json", PERSON)
    write_json(tmp_path / "walk.har", har(("GET", "https://app/fhir/Patient/9", {"a": "Dupont"})))
    with open_learning(tmp_path / "case", asked_for("/fhir/Patient/P001")) as case:
        learned = learn_from(case, walk=tmp_path / "walk.har", test_person=tmp_path / "person.json")
    [proposal] = learned.proposals
    assert proposal.rule.categories == ["identity.name"]
    text = (tmp_path / "case" / "catalogue.proposed.toml").read_text("utf-8")
    assert "Dupont" not in text
    assert "Dupont" not in repr(learned)


@pytest.mark.parametrize(
    ("tree", "code"),
    [
        ({"identity.nam": "x"}, "unknown_category"),
        ([], "bad_test_person"),
        ({"undetermined": "x"}, "unknown_category"),
    ],
)
def test_test_person_that_is_none_is_refused(tmp_path: Path, tree: object, code: str) -> None:
    with pytest.raises(InputError) as refused:
        read_known(write_json(tmp_path / "p.json", tree))
    assert refused.value.code == code


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["log", "entries", "request", "response", "content", "text", "url", "paths", "$ref"]
            )
            | st.text(max_size=8),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=60)
@given(JSON)
def test_any_json_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, tree: object) -> None:
    folder = tmp_path_factory.mktemp("any")
    known = read_known(write_json(folder / "person.json", PERSON))
    path = write_json(
        folder / "any.json", {"log": {"entries": [tree]}, "openapi": "3", "paths": {"/a": tree}}
    )
    seen_in(read_walk(path, known), template())
    declared_by(read_openapi(path), template("/a"))


@settings(max_examples=60)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "any.json"
    path.write_bytes(content)
    for read in (read_openapi, read_known):
        with pytest.raises(InputError):
            read(path)
