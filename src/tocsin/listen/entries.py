# SPDX-License-Identifier: Apache-2.0
"""Entries of the case journal for starts and stops.

They are written when the case is free: reception waits for nobody, and a run may hold the case for hours.
"""

from __future__ import annotations

from pathlib import Path

from tocsin.core.errors import CaseLocked
from tocsin.journal.chain import Json
from tocsin.store.case import Case


class Entries:
    """Waiting to be written."""

    def __init__(self, folder: Path, by: str) -> None:
        self._folder = folder
        self._by = by
        self._waiting: list[tuple[str, dict[str, Json]]] = []

    def add(self, kind: str, body: dict[str, Json]) -> None:
        """Write it now if the case is free."""
        self._waiting.append((kind, body))
        self.write()

    def write(self) -> bool:
        """Write what waits; False while another run holds the case."""
        if not self._waiting:
            return True
        try:
            with Case(self._folder, by=self._by) as case:
                while self._waiting:
                    kind, body = self._waiting[0]
                    case.journal.append(kind, body, by=self._by)
                    del self._waiting[0]
        except CaseLocked:
            return False
        return True
