# SPDX-License-Identifier: Apache-2.0
"""A small SQLite file of the case that several processes may write at a time: notices, alarms.

Each change is one transaction, synced before it counts; what fails is told in one sentence, without contents.
"""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tocsin.core.errors import MachineError

BUSY_S: Final = 60.0
"""How long one process waits for another's transaction."""


class SmallFile(ABC):
    """An open file, or one in memory, with a schema that is made where it lacks."""

    def __init__(self, place: str, schema: str) -> None:
        with self.told():
            self.connection = sqlite3.connect(place, timeout=BUSY_S, isolation_level=None)
            self.connection.execute("pragma journal_mode = wal")
            self.connection.execute("pragma synchronous = full")
            self.connection.executescript(schema)

    @staticmethod
    @abstractmethod
    def failure(kind: str) -> MachineError:
        """What to tell when the file fails; `kind` is the error's class."""

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it stands, synced, or none."""
        with self.told():
            self.connection.execute("begin immediate")
            try:
                yield self.connection
                self.connection.execute("commit")
            except BaseException:
                if self.connection.in_transaction:  # a full disk may have undone it already
                    self.connection.execute("rollback")
                raise

    @classmethod
    @contextmanager
    def told(cls) -> Iterator[None]:
        """Errors of SQLite and of the disk, as one sentence: their own may quote rows."""
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise cls.failure(type(error).__name__) from None
