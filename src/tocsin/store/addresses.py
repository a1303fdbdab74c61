# SPDX-License-Identifier: Apache-2.0
"""Network addresses as digits that compare as the addresses do, in SQL: for ranges of addresses.

32 hexadecimal digits; IPv4 as ::ffff:a.b.c.d (RFC 4291, 2.5.5.2). Not how an address is told: that is
`ingest/addresses.py`.
"""

from __future__ import annotations

from typing import Final

_MAPPED: Final = "'00000000000000000000ffff'"
_HEX: Final = "'0123456789abcdef'"


def digits_sql(text: str) -> str:
    """An expression's address as digits, null where it is none; a whole number is an IPv4 address."""
    octets = ", ".join(f"cast(split_part({text}, '.', {n}) as integer)" for n in (1, 2, 3, 4))
    whole = f"try_cast({text} as bigint)"
    found = (
        f"case when regexp_full_match({text}, '\\d{{1,3}}(\\.\\d{{1,3}}){{3}}')"
        f" then {_MAPPED} || printf('%02x%02x%02x%02x', {octets})"
        f" when regexp_full_match({text}, '\\d{{1,10}}') and {whole} <= 4294967295"
        f" then {_MAPPED} || printf('%08x', {whole})"
        f" when regexp_full_match({text}, '([0-9A-Fa-f]{{1,4}})?(:[0-9A-Fa-f]{{0,4}}){{2,8}}')"
        f" then {_long_sql(text)} end"
    )
    return f"(case when length({found}) = 32 then {found} end)"


def _long_sql(text: str) -> str:
    """IPv6: `::` stands for as many zeros as are lacking."""
    left, right = (_groups_sql(f"split_part({text}, '::', {n})") for n in (1, 2))
    lacking = f"8 - len({left}) - len({right})"
    zeros = f"repeat('0000', greatest(0, {lacking}))"
    joined = f"lower(concat(array_to_string({left}, ''), {zeros}, array_to_string({right}, '')))"
    is_whole = f"len(string_split({text}, '::')) = 2 or not contains({text}, '::') and {lacking} = 0"
    return f"case when {is_whole} then {joined} end"


def _groups_sql(text: str) -> str:
    """The groups of four digits, none where there is no text."""
    groups = f"list_filter(string_split({text}, ':'), lambda x: x <> '')"
    return f"list_transform({groups}, lambda x: lpad(x, 4, '0'))"


def bounds_sql(digits: str, bits: str) -> tuple[str, str]:
    """The first and the last address that share so many leading bits of 128."""
    whole, rest = f"cast({bits} // 4 as integer)", f"({bits} % 4)"
    nibble = f"(strpos({_HEX}, substr({digits}, {whole} + 1, 1)) - 1)"
    least, most = f"({nibble} & (240 >> {rest}) & 15)", f"({nibble} | (15 >> {rest}))"
    return _filled_sql(digits, whole, rest, least, "0"), _filled_sql(digits, whole, rest, most, "f")


def _filled_sql(digits: str, whole: str, rest: str, value: str, fill: str) -> str:
    """Whole digits as they are, the one that the bits end in, and the rest filled."""
    middle = f"case when {rest} > 0 then substr({_HEX}, cast({value} as integer) + 1, 1) else '' end"
    return f"rpad(left({digits}, {whole}) || {middle}, 32, '{fill}')"
