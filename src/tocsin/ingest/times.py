# SPDX-License-Identifier: Apache-2.0
"""Times in logs, as SQL: an instant in UTC, or null; never a guess.

Fractions beyond the microsecond are cut, not rounded (7- and 9-digit fractions exist). A text without a
zone is an instant only when a zone is given. `infinity`, dates alone and impossible times are null.
"""

from __future__ import annotations

from tocsin.core.errors import SettingsError
from tocsin.store.query import literal

_ZONED = r"'[Tt ]\d{2}:?\d{2}.*([Zz]|[+-]\d{2}(:?\d{2})?)$'"
_TIMED = r"'^\d{4}-?\d{2}-?\d{2}[Tt ]\d{2}:?\d{2}'"
_EPOCHS = {"epoch_s": 1_000_000, "epoch_ms": 1_000, "epoch_us": 1}


def instant_sql(text: str, kind: str, zone: str | None) -> str:
    """A TIMESTAMPTZ expression from a text expression; kind is iso8601, epoch_* or a strptime pattern."""
    if kind in _EPOCHS:
        return f"make_timestamptz(try_cast(trunc(try_cast({text} as decimal(28, 9)) * {_EPOCHS[kind]}) as bigint))"
    if kind == "iso8601":
        return _iso_sql(text, zone)
    if "%" not in kind:
        raise SettingsError(
            f"'{kind}' is not a way to read a time.",
            do="Use iso8601, epoch_s, epoch_ms, epoch_us or a strptime pattern.",
        )
    if "%z" in kind or "%Z" in kind:
        return f"try_cast(try_strptime({text}, {literal(kind)}) as timestamptz)"
    if zone is None:
        return "null::timestamptz"
    return f"(try_strptime({text}, {literal(kind)}) at time zone {literal(zone)})"


def zoneless_sql(text: str, kind: str, zone: str | None) -> str:
    """True where the text is a time without a zone and none was given."""
    if zone is not None or kind in _EPOCHS:
        return "false"
    if kind == "iso8601":
        return f"(regexp_matches({text}, {_TIMED}) and not regexp_matches({text}, {_ZONED}))"
    if "%z" in kind or "%Z" in kind:
        return "false"
    return f"(try_strptime({text}, {literal(kind)}) is not null)"


def _iso_sql(text: str, zone: str | None) -> str:
    zoned = f"try_cast(replace({text}, ',', '.') as timestamptz)"
    if zone is None:
        local = "null"
    else:
        local = f"try_cast(replace({text}, ',', '.') as timestamp) at time zone {literal(zone)}"
    return (
        f"case when not regexp_matches({text}, {_TIMED}) then null "
        f"when regexp_matches({text}, {_ZONED}) then {zoned} else {local} end"
    )
