# SPDX-License-Identifier: Apache-2.0
"""Addresses as digits that compare as they do: against the standard library's reading."""

from __future__ import annotations

import ipaddress

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.store.addresses import bounds_sql, digits_sql

ENGINE = duckdb.connect()
MAPPED = 0xFFFF << 32


Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def digits(*texts: str) -> list[str | None]:
    rows = ENGINE.execute(f"select {digits_sql('t')} from unnest(?::varchar[]) as given(t)", [list(texts)])
    return [found for (found,) in rows.fetchall()]


def told(address: Address) -> str:
    return f"{int(address) + (MAPPED if address.version == 4 else 0):032x}"


@given(st.lists(st.ip_addresses(), min_size=1, max_size=50))
@settings(max_examples=5, deadline=None)
def test_digits_are_the_addresss_however_it_is_written(addresses: list[Address]) -> None:
    wanted = [told(address) for address in addresses]
    assert digits(*map(str, addresses)) == wanted
    assert digits(*(address.exploded.upper() for address in addresses)) == wanted


def test_digits_are_none_when_the_text_is_no_address() -> None:
    wrong = ("", "abc", "300.1.1.1", "1:2", "1::2::3", "12345::1", "1.2.3", "99999999999", "::g")
    assert digits(*wrong) == [None] * len(wrong)


@given(st.lists(st.tuples(st.ip_addresses(), st.integers(0, 128)), min_size=1, max_size=50))
@settings(max_examples=5, deadline=None)
def test_bounds_are_the_networks(given_lengths: list[tuple[Address, int]]) -> None:
    networks = [
        ipaddress.ip_network(f"{address}/{min(length, address.max_prefixlen)}", strict=False)
        for address, length in given_lengths
    ]
    bits = [network.prefixlen + (96 if network.version == 4 else 0) for network in networks]
    first, last = bounds_sql("d", "bits")
    rows = ENGINE.execute(
        f"select {first}, {last} from (select unnest(?::varchar[]) as d, unnest(?::integer[]) as bits)",
        [[told(address) for address, _length in given_lengths], bits],
    )
    assert rows.fetchall() == [(told(n.network_address), told(n.broadcast_address)) for n in networks]
