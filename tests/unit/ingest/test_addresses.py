# SPDX-License-Identifier: Apache-2.0
"""One spelling for each address, whatever the log wrote; what is no address stays as it is."""

from __future__ import annotations

import pyarrow as pa
import pytest

from tocsin.ingest.addresses import canonical_address, canonise_addresses


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("10.1.2.3", ("10.1.2.3", None, None)),
        ("10.1.2.3:443", ("10.1.2.3", 443, None)),
        ("2001:DB8:0:0::1", ("2001:db8::1", None, None)),
        ("[2001:db8::1]:8443", ("2001:db8::1", 8443, None)),
        ("[::1]", ("::1", None, None)),
        ("::ffff:10.1.2.3", ("10.1.2.3", None, None)),
        ("fe80::1%eth0", ("fe80::1", None, "eth0")),
        ("ward-7.example.org", ("ward-7.example.org", None, None)),
        ("ward-7:80", ("ward-7:80", None, None)),
        ("", ("", None, None)),
    ],
)
def test_address_has_one_spelling(written: str, meant: tuple[str, int | None, str | None]) -> None:
    assert canonical_address(written) == meant


def test_rows_get_addresses_ports_and_zones_and_keep_the_ports_of_their_own() -> None:
    rows = pa.table(
        {
            "address": ["10.0.0.1", "10.0.0.2:80", None, "fe80::1%eth0", "[::1]:22", "host"],
            "port": pa.array([None, None, 7, None, 5, None], pa.int64()),
        }
    )
    found = canonise_addresses(rows)
    assert found.column("address").to_pylist() == ["10.0.0.1", "10.0.0.2", None, "fe80::1", "::1", "host"]
    assert found.column("port").to_pylist() == [None, 80, 7, None, 5, None]
    assert found.column("network").to_pylist() == [None, None, None, "eth0", None, None]


@pytest.mark.parametrize("rows", [{"account": ["a"]}, {"address": ["10.0.0.1", None]}, {"address": []}])
def test_rows_with_nothing_to_change_are_left_alone(rows: dict[str, list[str | None]]) -> None:
    columns = {name: pa.array(values, pa.string()) for name, values in rows.items()}
    given = pa.table(columns)
    assert canonise_addresses(given) is given
