# SPDX-License-Identifier: Apache-2.0
"""Typed reading of TOML tables, and the text of loose values.

Wrong types and unknown keys stop the recount: a key left unread could change a figure.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable
from datetime import UTC, datetime
from ipaddress import IPv6Address, ip_address
from pathlib import Path

from tocsin.recount.errors import CannotRecount

Table = dict[str, object]
"""One TOML table, or one row of a registry: names to loose values."""


def load_toml(path: Path) -> Table:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CannotRecount(f"{path.name} cannot be read as TOML: {type(error).__name__}") from error


def refuse_unknown(table: Table, known: Iterable[str], where: str) -> None:
    for key in table:
        if key not in known and not key.startswith("x-"):
            raise CannotRecount(f"{where}: the recount does not know the key {key!r}")


def get_table(table: Table, key: str) -> Table:
    value = table.get(key, {})
    if not isinstance(value, dict):
        raise CannotRecount(f"{key} should be a table")
    return value


def get_tables(table: Table, key: str) -> list[Table]:
    value = table.get(key, [])
    found = [value] if isinstance(value, dict) else value
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise CannotRecount(f"{key} should be a list of tables")
    return found


def get_text(table: Table, key: str) -> str | None:
    value = table.get(key)
    if value is not None and not isinstance(value, str):
        raise CannotRecount(f"{key} should be a text")
    return value


def need_text(table: Table, key: str, where: str) -> str:
    value = get_text(table, key)
    if value is None:
        raise CannotRecount(f"{where}: {key} is missing")
    return value


def get_texts(table: Table, key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    found = [value] if isinstance(value, str) else value
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise CannotRecount(f"{key} should be a list of texts")
    return tuple(found)


def get_instant(table: Table, key: str) -> datetime | None:
    """An instant in UTC; one without its offset would be a guess."""
    value = table.get(key)
    if value is None:
        return None
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise CannotRecount(f"{key} should be an instant with its offset")
    return value.astimezone(UTC)


def get_flag(table: Table, key: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise CannotRecount(f"{key} should be true or false")
    return value


def get_share(table: Table, key: str) -> float | None:
    value = table.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CannotRecount(f"{key} should be a number")
    return float(value)


WHOLE = re.compile(r"-?[0-9]{1,4000}")
PORTED = re.compile(r"\[([^\]]+)\](?::\d{1,5})?|([^:]+):\d{1,5}")


def text_of(value: object) -> str | None:
    """The text of a loose value; null and the empty text are absent."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return str(value)


def number_of(value: object) -> int | None:
    """A whole number, or the text of one; anything else is absent."""
    if isinstance(value, bool):
        return None
    text = (text_of(value) or "").strip()
    found = int(text) if WHOLE.fullmatch(text) else None
    return found if found is not None and -(2**63) <= found < 2**63 else None


def canonical_address(text: str | None) -> str | None:
    """One spelling per network address (RFC 5952), without port and zone; IPv4 inside IPv6 is IPv4.

    A host name stays as it is.
    """
    if text is None:
        return None
    matched = PORTED.fullmatch(text)
    host = (matched[1] or matched[2]) if matched else text
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return text
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(address)
