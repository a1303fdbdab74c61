# SPDX-License-Identifier: Apache-2.0
"""One spelling for each network address; its zone goes to `network`, its port to `port`.

Only addresses that are not plain IPv4 are looked at, each spelling once however often it was logged.
"""

from __future__ import annotations

import ipaddress
import re

import pyarrow as pa
import pyarrow.compute as pc

_IPV4 = r"^\d{1,3}(\.\d{1,3}){3}$"
_BRACKETED = re.compile(r"^\[(?P<host>[^\]]+)\](?::(?P<port>\d{1,5}))?$")
_WITH_PORT = re.compile(r"^(?P<host>[^:]+):(?P<port>\d{1,5})$")


def canonise_addresses(rows: pa.Table) -> pa.Table:
    """The same rows with their `address` canonical; a port or network that the log gives by itself stays."""
    if "address" not in rows.column_names:
        return rows
    column = rows.column("address").combine_chunks()
    given = pc.unique(column.filter(pc.invert(pc.match_substring_regex(column, _IPV4)))).drop_null()
    found = {text: canonical_address(text) for text in given.to_pylist()}
    changed = {text: spelling for text, spelling in found.items() if spelling != (text, None, None)}
    if not changed:
        return rows
    addresses, ports, zones = zip(*changed.values(), strict=True)
    places = pc.index_in(column, pa.array(list(changed), pa.string()))
    rows = _filled(rows, "address", pa.array(addresses, pa.string()).take(places), wins=True)
    rows = _filled(rows, "port", pa.array(ports, pa.int64()).take(places))
    return _filled(rows, "network", pa.array(zones, pa.string()).take(places))


def _filled(rows: pa.Table, name: str, values: pa.Array, *, wins: bool = False) -> pa.Table:
    """The column with these values where it has none, or wherever there are some."""
    if name not in rows.column_names:
        return rows.append_column(name, values)
    there = rows.column(name)
    filled = pc.coalesce(values, there) if wins else pc.coalesce(there, values)
    return rows.set_column(rows.column_names.index(name), name, filled)


def canonical_address(text: str) -> tuple[str, int | None, str | None]:
    """(address, port, zone) of a network address (RFC 5952, 4007, 4291 §2.5.5.2); a host name is itself."""
    matched = _BRACKETED.match(text) or _WITH_PORT.match(text)
    host = matched["host"] if matched else text
    port = int(matched["port"]) if matched and matched["port"] else None
    bare, _, zone = host.partition("%")
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return text, None, None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return str(address), port, zone or None
