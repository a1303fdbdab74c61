# SPDX-License-Identifier: Apache-2.0
"""One spelling per network address, so that what a person wrote equals what a log says."""

from __future__ import annotations

import ipaddress


def canonical_address(text: str) -> str:
    """RFC 5952; IPv4 in IPv6 is IPv4; what is no address stays."""
    try:
        address = ipaddress.ip_address(text.strip().strip("[]"))
    except ValueError:
        return text
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(address)
