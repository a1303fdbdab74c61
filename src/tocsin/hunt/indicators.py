# SPDX-License-Identifier: Apache-2.0
"""What an indicator is, whatever file it came in: tests on events, joined by and and or, within a period.

An indicator is seen when each of its parts is; a part, when one of its clauses is; a clause, when one event
passes all of its tests.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from tocsin.core.addresses import canonical_address

LONGEST_VALUE: Final = 2048
_RPPS: Final = re.compile(r"8?(\d{11})$")


class Kind(StrEnum):
    """What a test compares, by the name of the events' column where there is one."""

    ACCOUNT = "account"
    ACCOUNT_NAME = "account_name"
    PROFESSIONAL_ID = "professional_id"
    EMAIL = "email"
    ADDRESS = "address"
    PORT = "port"
    SESSION = "session"
    DEVICE = "device"
    CLIENT = "client"
    USER_AGENT = "user_agent"
    FILE_NAME = "file_name"
    SHA256 = "sha256"
    OBJECT = "object"


@dataclass(frozen=True, slots=True)
class Equality:
    """One equality."""

    kind: Kind
    value: str
    """As it is compared: an address in its one spelling, a digest in lower case."""

    low: str | None = None
    high: str | None = None
    """Of a range of addresses: 32 hexadecimal digits each, both within it."""

    doubtful_key: bool = False
    """A professional's number whose last digit is not what the others make it (Luhn)."""


Clause = tuple[Equality, ...]
Part = tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One thing to look for."""

    name: str
    """As its file names it: an id, or a line."""

    told: str
    """What it is, for people: a pattern, or kind and value."""

    parts: tuple[Part, ...]
    from_at: datetime | None = None
    """Its author bounds what is looked for: [from, until)."""

    until_at: datetime | None = None
    valid_from: datetime | None = None
    """Its author says since when it is known: told beside, and no bound, since the act came before."""

    valid_until: datetime | None = None
    tlp: str | None = None
    is_context: bool = False
    """Its author gives it as context, not for detection."""

    notes: tuple[str, ...] = ()
    """Codes of what was left out or is doubtful."""

    @property
    def tests(self) -> list[Equality]:
        """All its tests."""
        return [test for part in self.parts for clause in part for test in clause]


@dataclass(frozen=True, slots=True)
class Unread:
    """Something of the file that is not looked for, and why."""

    name: str
    what: str
    why: str
    """A code: not_understood, not_in_logs, revoked, no_indicator, bad_value, deleted."""


@dataclass(slots=True)
class IndicatorFile:
    """A file of indicators, read."""

    kind: str
    """stix-2.0, stix-2.1, misp, csv or list."""

    indicators: list[Indicator] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    tlp: str | None = None
    """The strictest marking in the file."""

    recognised: dict[str, int] = field(default_factory=dict)
    """In a list without kinds: how many values were taken for which kind."""


class BadValueError(ValueError):
    """A value that is none of its kind."""


def make_test(kind: Kind, text: str) -> Equality:
    """A test on a value as people write it. Raises BadValueError for an empty or impossible one."""
    value = text.strip()
    if not value or len(value) > LONGEST_VALUE:
        raise BadValueError(kind)
    if kind is Kind.ADDRESS:
        return _address(value)
    if kind is Kind.SHA256:
        if not re.fullmatch(r"[0-9A-Fa-f]{64}", value):
            raise BadValueError(kind)
        return Equality(kind, value.lower())
    if kind is Kind.PROFESSIONAL_ID:
        found = _RPPS.match(value)
        number = found[1] if found else value
        return Equality(kind, number, doubtful_key=found is not None and not has_luhn_key(number))
    if kind is Kind.PORT and not re.fullmatch(r"\d{1,5}", value):
        raise BadValueError(kind)
    return Equality(kind, value.lower() if kind is Kind.EMAIL else value)


def has_luhn_key(digits: str) -> bool:
    """Whether the last digit is the key of the others (ISO/IEC 7812-1, annex B; RPPS, FINESS, SIREN)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * 2 if place % 2 else int(digit)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def recognise(text: str) -> Kind:
    """The kind of a bare value, by its shape alone; an account when it looks like nothing else."""
    value = text.strip()
    try:
        ipaddress.ip_network(value.strip("[]"), strict=False)
    except ValueError:
        pass
    else:
        return Kind.ADDRESS
    if re.fullmatch(r"[0-9A-Fa-f]{64}", value):
        return Kind.SHA256
    if _RPPS.match(value) and has_luhn_key(value[-11:]):
        return Kind.PROFESSIONAL_ID
    if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
        return Kind.EMAIL
    return Kind.USER_AGENT if re.match(r"[A-Za-z.-]+/\d[^ ]*( |$)", value) else Kind.ACCOUNT


def _address(value: str) -> Equality:
    """One address, or a range; IPv4 written in IPv6 is IPv4."""
    try:
        network = ipaddress.ip_network(value.strip("[]"), strict=False)
    except ValueError:
        raise BadValueError(Kind.ADDRESS) from None
    if network.num_addresses == 1:
        return Equality(Kind.ADDRESS, canonical_address(str(network.network_address)))
    first, last = network.network_address, network.broadcast_address
    return Equality(Kind.ADDRESS, str(network), low=_key(first), high=_key(last))


def _key(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    """128 bits as text in the order of addresses, IPv4 as mapped into IPv6 (RFC 4291, 2.5.5.2)."""
    number = int(address)
    if isinstance(address, ipaddress.IPv4Address):
        number |= 0xFFFF << 32
    return f"{number:032x}"
