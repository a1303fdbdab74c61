# SPDX-License-Identifier: Apache-2.0
"""`report.json` as a whole, typed, with every part optional.

A part that is missing leaves its section out; a part of the wrong type is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from tocsin.core.errors import InputError
from tocsin.core.words import _
from tocsin.report.reading.claims import Claim
from tocsin.report.reading.logs import Availability, Clocks, Finding, Source, Witnesses
from tocsin.report.reading.shown import (
    Bucket,
    CategoryCount,
    Controllers,
    Declared,
    History,
    Scope,
    Share,
    Unreadable,
    Unresolved,
)
from tocsin.report.reading.suspects import Account, Campaign, Split
from tocsin.report.reading.values import Count, Said, Span

DEFAULT_ZONE: Final = "Europe/Paris"


class Figure(msgspec.Struct, frozen=True):
    """Where a number comes from."""

    value: Any = None
    query: str | None = None
    inputs: str | None = None


class Secrecy(msgspec.Struct, frozen=True):
    """Beyond the contract: whether identities are readable only with the case's key."""

    sealed: bool = False


class Report(msgspec.Struct, frozen=True):
    """`report.json`, and what the page needs beside it."""

    case: str = ""
    title: str | None = None
    """Beyond the contract: the title of case.toml."""
    zone: str = DEFAULT_ZONE
    """Beyond the contract: IANA name, for people's eyes."""
    period: Span | None = None
    accounting: list[Source] = []
    accounts: list[Account] = []
    accounts_total: int | None = None
    """Beyond the contract: how many there are, when only the first are listed."""
    campaigns: list[Campaign] = []
    split: Split = Split()
    scope: Scope | None = None
    witnesses: Witnesses = Witnesses()
    clocks: Clocks = Clocks()
    coverage: list[Finding] = []
    availability: Availability = Availability()
    histories: list[History] = []
    unresolved: list[Unresolved] = []
    nothing_shown: dict[str, int] = {}
    """Beyond the contract: events in scope that showed nothing, by reason."""
    counts: dict[str, Count] = {}
    certainties: dict[str, int] = {}
    """Beyond the contract: distinct persons by the strongest certainty of their exposure."""
    not_in_registry: int | None = None
    test_identities: int | None = None
    false_keys: int | None = None
    unreadable: Unreadable | None = None
    categories: dict[str, CategoryCount] = {}
    declared: dict[str, Declared] = {}
    shares: list[Share] = []
    claims: list[Claim] = []
    modifications: dict[str, Count] = {}
    controllers: Controllers | None = None
    timeline: list[Bucket] = []
    open_questions: list[Said] = []
    what_would_change: list[Said] = []
    """Beyond the contract: what, if it came to be known, would move the figures."""
    secrecy: Secrecy = Secrecy()
    figures: dict[str, Figure] = {}
    run: dict[str, Any] = {}


def read_report(report: Mapping[str, Any], extra: Mapping[str, Any] | None = None) -> Report:
    """The parsed `report.json` with what the page needs beside it; `extra` adds or overrides top keys.

    Raises `InputError` when a part has the wrong type, or the zone does not exist.
    """
    try:
        read = msgspec.convert({**report, **(extra or {})}, Report)
        ZoneInfo(read.zone)
    except msgspec.ValidationError as wrong:
        raise InputError(
            _("this report cannot be read: {wrong}"),
            do=_("Write it again with tocsin run."),
            wrong=str(wrong),
        ) from None
    except (KeyError, OSError, ValueError):  # a zone that does not exist is a KeyError
        raise InputError(
            _("the report's zone is not known"), do=_("Set [case] zone to an IANA name.")
        ) from None
    return read
