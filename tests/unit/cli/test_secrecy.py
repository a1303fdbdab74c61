# SPDX-License-Identifier: Apache-2.0
"""No person's data where nobody asked for them: not in a sealed case, a temporary folder, a message, a log.

What identifies the synthetic persons of the golden case is searched for, byte by byte.
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import GOLDEN
from tests.unit.cli.conftest import Tocsin
from tocsin.cli.logs import first as first_verb
from tocsin.cli.logs import read as reading
from tocsin.store import query
from tocsin.store.query import Query
from tocsin.store.seal import KEY_VARIABLE, make_key_pair

IDENTIFYING = ("nss", "ins", "birth_name", "used_name", "phone", "email", "street")
INPUTS = ("logs", "registry", "mappings", "case.toml", "catalogue.toml")


def identities() -> set[str]:
    with (GOLDEN / "case/registry/patients.csv").open(encoding="utf-8") as file:
        found = {row[column] for row in csv.DictReader(file) for column in IDENTIFYING}
    return {text for text in found if len(text) > 4} | {"Anaïs Lemoine", "Théo Roussel"}


def told_in(content: bytes) -> set[str]:
    return {
        text
        for text in identities()
        if any(form in content for form in (text.encode(), text.encode("utf-16-le"), spelt(text)))
    }


def spelt(text: str) -> bytes:
    """As JSON may have it."""
    return json.dumps(text)[1:-1].encode()


def assert_nobody_is_named(folder: Path) -> None:
    looked_at = 0
    for path in folder.rglob("*"):
        if path.is_file() and path.relative_to(folder).parts[0] not in INPUTS:
            looked_at += 1
            assert told_in(path.read_bytes()) == set(), path
    assert looked_at > 5


def test_what_is_searched_for_is_in_the_inputs_and_in_an_open_case(golden_run: Path) -> None:
    assert len(identities()) > 50
    content = b"".join(path.read_bytes() for path in (golden_run / "registry").iterdir())
    assert len(told_in(content)) > 50


def test_sealed_case_names_nobody_outside_its_inputs(
    tocsin: Tocsin, tmp_case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_case("sealed", detect=True)
    public = make_key_pair(tmp_path / "dpo.key")
    with (folder / "case.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[seal]\nrecipients = ["{public}"]\n')
    first = tocsin("run", folder, "--json")
    assert first.code in (0, 1), first.out
    assert first.json["result"]["counts"]["persons"]["floor"] == 12
    assert_nobody_is_named(folder)
    assert told_in((first.out + first.err).encode()) == set()

    without = tocsin("run", folder, "--json")
    assert (without.code, without.json["error"]["code"]) == (2, "case_sealed")
    monkeypatch.setenv(KEY_VARIABLE, str(tmp_path / "dpo.key"))
    again = tocsin("run", folder, "--json")
    assert again.json["result"]["counts"] == first.json["result"]["counts"]
    assert tocsin("recount", folder, "--json").code == 0
    assert tocsin("trace", folder, "counts.persons.floor", "--json").code == 0
    assert tocsin("person", folder, "--local", "patients:P0001", "--json").code == 0
    assert tocsin("journal", folder, "check").code == 0
    assert_nobody_is_named(folder)


def test_open_case_that_is_sealed_afterwards_names_nobody(
    tocsin: Tocsin, case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    floor = tocsin("run", case, "--json").json["result"]["counts"]["persons"]["floor"]
    public = make_key_pair(tmp_path / "dpo.key")
    with (case / "case.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[seal]\nrecipients = ["{public}"]\n')
    sealed = tocsin("run", case, "--json")
    assert sealed.code in (0, 1), sealed.out
    assert sealed.json["result"]["counts"]["persons"]["floor"] == floor
    assert_nobody_is_named(case)
    assert tocsin("journal", case, "check").code == 0


@pytest.mark.parametrize("verb", ["read", "first"])
def test_logs_read_without_a_case_leave_no_name_in_temporary_files(
    tocsin: Tocsin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    seen = []

    def look(*_: object, **__: object) -> None:
        for path in tmp_path.rglob("*"):
            if path.is_file():
                seen.append(path.name)
                assert told_in(path.read_bytes()) == set(), path

    module = first_verb if verb == "first" else reading
    monkeypatch.setattr(module, "accounting_of", lambda case: look() or [])
    mapping = GOLDEN / "case/mappings/gateway.toml"
    log = GOLDEN / "case/logs/gateway-20240611.ndjson.gz"
    account = ["--account", "dr.lemoine"] if verb == "first" else []
    assert tocsin(verb, log, "--mapping", mapping, *account).code == 0
    assert any(name.endswith(".parquet") for name in seen)
    assert list(tmp_path.iterdir()) == []


HOW = ("cast(nir as date)", "cast(family_name as bigint)", "error(family_name)")


@pytest.mark.parametrize(("package", "name"), [("link", "numbered"), ("scope", "held_persons")])
@pytest.mark.parametrize("how", HOW)
def test_failing_query_names_nobody_even_with_debug(
    tocsin: Tocsin, tmp_case, monkeypatch: pytest.MonkeyPatch, package: str, name: str, how: str
) -> None:
    broken = f"select * from (select *, {how} as broken from registry) where broken is not null"
    real = query.load_query

    def break_one(asked_package: str, asked: str) -> Query:
        loaded = real(asked_package, asked)
        return replace(loaded, sql=broken) if asked == name else loaded

    for module in [module for held, module in sys.modules.items() if held.startswith(f"tocsin.{package}")]:
        if hasattr(module, "load_query"):
            monkeypatch.setattr(module, "load_query", break_one)
    answer = tocsin("run", tmp_case("failing"), "--debug")
    assert answer.code == 3
    assert told_in((answer.out + answer.err).encode()) == set()
    assert name in answer.err
    assert broken in answer.err
    assert "File " in answer.err


def test_identifiers_are_in_no_process_list(tocsin: Tocsin, case: Path) -> None:
    answer = tocsin("person", case, "--nir", "261041499100140", "--json")
    assert answer.json["error"]["code"] == "identifier_argument"
