# SPDX-License-Identifier: Apache-2.0
"""Keys of French identifiers: known vectors, and the SQL held to the plain reference on any text."""

from __future__ import annotations

from functools import cache

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.made_case import key_of
from tests.unit.scope.profiles.plain_keys import iban_holds, luhn_holds, nir_holds, nir_key
from tocsin.scope.profiles.kinds import KINDS, cleaned_sql, date_sql, fits_sql, holds_sql
from tocsin.store.engine import Engine

DIGITS = st.text("0123456789", min_size=8, max_size=17)
NIRS = st.from_regex(
    r"[1-478][0-9]{2}(0[1-9]|1[0-2]|[2-3][0-9]|4[0-2]|[5-9][0-9])([0-9]{2}|2[AB])[0-9]{6}([0-9]{2})?",
    fullmatch=True,
).filter(str.isascii)


def asked(sql: str, values: list[str]) -> list[object]:
    """The expression over `v`, for each value, in order."""
    engine = _engine()
    engine.register("given", pa.table({"place": range(len(values)), "v": pa.array(values, pa.string())}))
    return [row[0] for row in engine.rows(f"select {sql} from given order by place")]


@cache
def _engine() -> Engine:
    """One for all examples: to open one takes longer than to ask it."""
    return Engine(memory="512MiB", threads=1)


def told(kind: str, values: list[str]) -> list[tuple[object, object]]:
    clean = cleaned_sql(KINDS[kind], "v")
    fits = asked(fits_sql(KINDS[kind], clean), values)
    holds = asked(
        f"case when {fits_sql(KINDS[kind], clean)} then {holds_sql(KINDS[kind], clean)} end", values
    )
    return list(zip(fits, holds, strict=True))


@pytest.mark.parametrize(
    ("number", "key"),
    [("2951099126111", 93), ("253072A073004", 43), ("253072B073004", 70), ("2790351215189", 89)],
)
def test_key_of_a_nir_is_the_known_one(number: str, key: int) -> None:
    assert nir_key(number) == key
    assert told("nir", [f"{number}{key:02d}", f"{number}{key % 97 + 1:02d}"]) == [(True, True), (True, False)]


@pytest.mark.parametrize("digits", ["750712184", "690781810"])
def test_luhn_holds_of_known_finess(digits: str) -> None:
    assert luhn_holds(digits)
    assert told("finess", [digits, digits[:-1] + str((int(digits[-1]) + 1) % 10)]) == [
        (True, True),
        (True, False),
    ]


@settings(max_examples=40)
@given(st.lists(st.one_of(NIRS, DIGITS, st.text(max_size=20)), min_size=1, max_size=30))
def test_sql_weighs_a_nir_as_the_reference_does(values: list[str]) -> None:
    values = [value.replace("\0", "") for value in values]
    cleaned = [str(v) for v in asked(cleaned_sql(KINDS["nir"], "v"), values)]
    expected = [
        (
            nir_key(c) is not None
            and len(c) in (13, 15)
            and c.isascii()
            and (len(c) == 13 or c[13:].isdecimal())
        )
        for c in cleaned
    ]
    found = told("nir", values)
    assert [fits for fits, _ in found] == expected
    weighed = [(c, holds) for c, (fits, holds) in zip(cleaned, found, strict=True) if fits and len(c) == 15]
    assert [holds for _, holds in weighed] == [nir_holds(c) for c, _ in weighed]


@settings(max_examples=25)
@given(NIRS)
def test_right_key_holds_and_every_other_does_not(number: str) -> None:
    body = number[:13]
    keys = [f"{body}{key:02d}" for key in range(1, 98)]
    holding = [text for text, (_, holds) in zip(keys, told("nir", keys), strict=True) if holds]
    assert holding == [body + key_of(body)]


@settings(max_examples=25)
@given(st.lists(st.from_regex(r"[18][0-9]{10}", fullmatch=True).filter(str.isascii), min_size=1, max_size=30))
def test_sql_weighs_a_rpps_as_the_reference_does(values: list[str]) -> None:
    assert told("rpps", values) == [(True, luhn_holds(value)) for value in values]


@settings(max_examples=40)
@given(
    st.lists(
        st.from_regex(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}", fullmatch=True).filter(str.isascii), max_size=20
    )
)
def test_sql_weighs_an_iban_as_the_reference_does(values: list[str]) -> None:
    values = [*values, "FR7630006000011234567890189", "FR7630006000011234567890188", "GB82WEST12345698765432"]
    assert told("iban", values) == [(True, iban_holds(value)) for value in values]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("06 39 98 00 01", "0639980001"),
        ("06.39.98.00.01", "0639980001"),
        ("+33 6 39 98 00 01", "0639980001"),
        ("+33 (0)6 39 98 00 01", "0639980001"),
        ("0033639980001", "0639980001"),
    ],
)
def test_phone_is_one_however_it_is_written(written: str, number: str) -> None:
    assert asked(cleaned_sql(KINDS["phone"], "v"), [written]) == [number]
    assert told("phone", [written])[0][0] is True


@pytest.mark.parametrize("other", ["639980001", "0039639980001", "00639980001", "20200901", "0000000000"])
def test_number_that_is_no_french_phone_is_none(other: str) -> None:
    assert told("phone", [other])[0][0] is False


@pytest.mark.parametrize("kind", ["phone", "email"])
def test_what_prose_shows_of_a_kind_has_its_form_once_cleaned(kind: str) -> None:
    shown = st.from_regex(KINDS[kind].in_text or "", fullmatch=True).filter(str.isascii)

    @settings(max_examples=15)
    @given(st.lists(shown, min_size=20, max_size=40))
    def holds(values: list[str]) -> None:
        assert [fits for fits, _ in told(kind, values)] == [True] * len(values)

    holds()


def test_date_is_read_as_people_write_it_and_never_guessed() -> None:
    values = [
        "1984-12-31",
        "31/12/1984",
        "19841231",
        "1984-12-31T10:00:00",
        "31/31/1984",
        "12/1984",
        "x",
        "99999999",
    ]
    days = [None if day is None else str(day) for day in asked(date_sql("v"), values)]
    assert days == ["1984-12-31"] * 4 + [None] * 4
