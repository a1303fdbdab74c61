# SPDX-License-Identifier: Apache-2.0
"""What a connector offers: it says, plans, does, verifies and undoes, on one system, for one account.

A connector registers under the entry point group `tocsin.connectors`. It never does what was not planned, and
what it does twice has the effect of once. What it cannot do it hands to a person, by saying so.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Phase(StrEnum):
    """What a step is for."""

    CUT = "cut"
    """It takes something from whoever holds the account."""

    BACK = "back"
    """It gives the account back to its owner, safely."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the sheet, the same for every account."""

    code: str
    """Stable, lower-case: it is written in the journal."""

    phase: Phase


@dataclass(frozen=True, slots=True)
class Target:
    """The account to contain, and what is known of whose it is."""

    account: str = field(repr=False)
    professional_ids: tuple[str, ...] = field(default=(), repr=False)
    """RPPS, ADELI or internal numbers, without prefix."""

    elsewhere: tuple[str, ...] = field(default=(), repr=False)
    """The same professional's other accounts."""


class Holds(StrEnum):
    """Whether a step holds, as far as the connector can tell."""

    YES = "yes"
    NO = "no"
    ASK_A_PERSON = "ask_a_person"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a connector says of one step."""

    holds: Holds
    at: datetime | None = None
    """When the system says that it came to hold."""

    proof: str = ""
    """The system's own word for it: an answer, a version, a number. Never a secret."""


class Connector(ABC):
    """Acts on one system. Raises InputError for a system that cannot be reached; then nothing was done."""

    name: str
    """Stable, lower-case; it is written in the journal."""

    @abstractmethod
    def state(self, target: Target) -> Mapping[str, Outcome]:
        """What holds now, by code of step; changes nothing. A code left out is not this connector's."""

    @abstractmethod
    def plan(self, target: Target) -> tuple[Step, ...]:
        """The steps that this connector answers for, in order; changes nothing."""

    @abstractmethod
    def do(self, step: Step, target: Target, *, key: str) -> Outcome:
        """Make the step hold. `key` is the same when one act is tried again: its effect is that of once."""

    @abstractmethod
    def verify(self, step: Step, target: Target) -> Outcome:
        """Look again, by another way than the one that acted where there is one."""

    @abstractmethod
    def undo(self, step: Step, target: Target, *, key: str) -> Outcome:
        """Take the step back, from any half-way point."""
