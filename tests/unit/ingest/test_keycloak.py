# SPDX-License-Identifier: Apache-2.0
"""Keycloak's events in both quotings: real lines, and names that try to forge fields."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.ingest.interface import ReadOptions
from tocsin.ingest.recognise import known_formats
from tocsin.store.engine import Engine
from tocsin.testing.formats import FormatCase, Row

FOLDER = "samples/idp-sso/crowdsec/keycloak-logs__keycloak-logs.log"


def rows_of(content: str) -> list[Row]:
    case = FormatCase("keycloak", known_formats()["keycloak"], content.encode(), ReadOptions(zone="UTC"))
    with Engine(memory="256MiB", threads=1) as engine:
        return case.rows(engine, case.content)


def login_of(name: str, *, is_quoted: bool) -> str:
    """A failed sign-in with a name that was typed, as each version writes it."""
    begin = "2026-01-01 00:00:00,000 WARN  [org.keycloak.events] (t) "
    if is_quoted:
        escaped = "".join(c if " " <= c < "\x7f" else json.dumps(c)[1:-1] for c in json.dumps(name)[1:-1])
        said = f'userId="null", ipAddress="192.0.2.1", error="user_not_found", username="{escaped}"'
        return f'{begin}type="LOGIN_ERROR", realmId="r", clientId="c", {said}'
    shown = f"'{name}'" if " " in name else name
    said = f"userId=null, ipAddress=192.0.2.1, error=user_not_found, username={shown}"
    return f"{begin}type=LOGIN_ERROR, realmId=r, clientId=c, {said}"


def test_real_lines_are_read_as_they_were_checked_by_hand(shared: Path) -> None:
    lines = (shared / FOLDER).read_text("utf-8")
    wanted = json.loads((shared / "samples" / "expected.json").read_text("utf-8"))[
        FOLDER.removeprefix("samples/")
    ]
    rows = rows_of(lines)
    assert len(rows) == wanted["lines"]
    assert {(row["action"], row["outcome"]) for row in rows} == {("login_failed", "failure")}
    accounts = [str(row["account"]) for row in rows]
    assert {name: accounts.count(name) for name in set(accounts)} == wanted["usernames"]
    assert sorted({str(row["address"]) for row in rows}) == wanted["client_ips"]


@pytest.mark.parametrize("is_quoted", [False, True])
@pytest.mark.parametrize(
    "name",
    ["dr.x", "a b", "x, userId=admin", "x', username='admin", 'x", username="admin', "hélène", "n\\u0041"],
)
def test_name_that_was_typed_stays_one_name_when_it_looks_like_fields(name: str, is_quoted: bool) -> None:
    (row,) = rows_of(login_of(name, is_quoted=is_quoted))
    if is_quoted or "'" not in name:
        assert row["account"] == name
    assert row["address"] == "192.0.2.1"
    assert row["action"] == "login_failed"


@settings(max_examples=40)
@given(name=st.text(st.characters(codec="utf-8", exclude_characters="\n\r\x00"), min_size=1, max_size=20))
def test_quoted_name_is_read_as_it_was_typed(name: str) -> None:
    if name in ("null",) or not name.strip():
        return
    (row,) = rows_of(login_of(name, is_quoted=True))
    assert row["account"] == name
