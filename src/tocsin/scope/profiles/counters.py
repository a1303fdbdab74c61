# SPDX-License-Identifier: Apache-2.0
"""A few threads that count chunks of one file, each with a connection of its own that keeps to its thread.

What they find lies in tables that all of them share; nothing is counted twice and no chunk is left out.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Final

import pyarrow as pa

from tocsin.scope.profiles.cells import trimmed
from tocsin.scope.profiles.columns import Column
from tocsin.scope.profiles.counting import Tally, count_chunk
from tocsin.scope.profiles.holding import prepare
from tocsin.scope.profiles.possible import NameSearch
from tocsin.scope.profiles.taggers.interface import Tagger
from tocsin.store.engine import Engine

MOST_WORKERS: Final = 4
"""More would wait for the one thread that reads."""


class Counters:
    """The threads of one scan, and the tables that hold what it finds."""

    def __init__(self, engine: Engine, tagger: Tagger | None = None) -> None:
        count = max(1, min(MOST_WORKERS, os.cpu_count() or 1))
        self.engine = engine
        """Of the thread that reads."""

        self._alone = engine.one_thread_each()
        self._pool = ThreadPoolExecutor(count)
        self._slots = threading.BoundedSemaphore(count + 1)
        self._own = threading.local()
        self._connections: list[Engine] = []
        self.held: Counter[str] = Counter()
        """Identifiers of the last file, by kind."""

        self.names = None if tagger is None else NameSearch(engine, tagger)
        """Searches names in prose, where that was asked for."""

        self.kinds: set[str] = set()
        """Of all files so far."""

    def __enter__(self) -> Counters:
        prepare(self.engine)
        self._alone.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
        for connection in self._connections:
            connection.close()
        self._alone.__exit__(kind, error, trace)

    def submit(self, columns: Sequence[Column], chunk: pa.Table) -> Future[Tally]:
        """Wait for room, then hand a chunk over."""
        self._slots.acquire()
        return self._pool.submit(self._count, columns, chunk)

    def numbers(self, queries: Iterable[str]) -> list[int]:
        """The number that each query gives, several at a time."""
        return list(self._pool.map(lambda sql: self._connection().count(sql), queries))

    def _count(self, columns: Sequence[Column], chunk: pa.Table) -> Tally:
        try:
            return count_chunk(self._connection(), columns, trimmed(chunk))
        finally:
            self._slots.release()

    def _connection(self) -> Engine:
        if not hasattr(self._own, "engine"):
            self._own.engine = self.engine.cursor()
            self._connections.append(self._own.engine)
        engine: Engine = self._own.engine
        return engine
