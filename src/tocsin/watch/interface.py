# SPDX-License-Identifier: Apache-2.0
"""What a channel for alarms offers: it takes one alarm at a time, or says in a few words why not.

An alarm has an id that is the same each time it is sent: whoever receives it twice takes it for one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from tocsin.watch.alarms import Alarm


class NotTakenError(Exception):
    """The alarm was not taken; `why` is a few fixed words or a code, never what the other side said."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class AlarmChannel(ABC):
    """One way out. Settings that cannot work raise SettingsError or InputError when it is made."""

    name: str
    """Stable, lower case: it is written in the ledger."""

    @abstractmethod
    def send(self, alarm: Alarm) -> None:
        """Hand it over; raises NotTakenError."""
