# SPDX-License-Identifier: Apache-2.0
"""Gives an engine the parts of a table as a view, after it has seen that they are what was written.

Each part is hashed once a process, when it is first read: nothing is built on a table that was altered.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from tocsin.core.errors import MachineError, TamperedError
from tocsin.core.tables import Layout, Table
from tocsin.core.words import _
from tocsin.store.engine import Engine
from tocsin.store.generation import START_ANEW, Generations
from tocsin.store.generation_body import Generation
from tocsin.store.parts import OPEN_MAGIC, Part, arrow_schema, is_open, sha256_of, sha256_of_bytes
from tocsin.store.query import quote
from tocsin.store.seal import CaseKey

HASHERS = 2
"""Parts that are hashed at a time."""


class PartReader:
    """Reads the parts of one case: those that stand, and those that a stage has just written."""

    def __init__(self, generations: Generations, generation: Generation, *, read_only: bool) -> None:
        self._generations = generations
        self._opened = generation.number
        self._read_only = read_only
        self._sound: set[Part] = set()

    def trust(self, parts: Iterable[Part]) -> None:
        """These were hashed as they were written, by this process."""
        self._sound.update(parts)

    def attach(self, engine: Engine, table: Table, parts: Sequence[Part], key: CaseKey | None) -> None:
        """A view of the table's name over its parts; an empty one when there are none.

        Raises TamperedError for a part that is missing or altered, MachineError when a case opened for
        reading was written meanwhile.
        """
        held = [part for part in parts if part.rows]
        if not held:
            columns = ", ".join(f"null::{c.type} as {quote(c.name)}" for c in table.columns)
            engine.view(table.name, f"select {columns} where false")
        elif self._read_only and table.layout is Layout.FILE:
            # A run beside this one may put another file in its place at any time.
            engine.register(table.name, self._in_memory(table, held, key))
        else:
            with ThreadPoolExecutor(HASHERS) as hashing:
                paths = list(hashing.map(self.checked, held))
            if key is None or is_open(paths[0]):
                engine.view_of_files(table.name, paths)
            else:
                engine.register(table.name, _sealed(table, paths, key))

    def blame(self, parts: Iterable[Part]) -> None:
        """After a failure: raise what `attach` does when the parts, read again, are why."""
        for part in parts:
            self._sound.discard(part)
            self.checked(part)

    def place(self, part: Part) -> Path:
        """Where it lies now."""
        staged = self._generations.staging / part.path
        return staged if staged.exists() else self._generations.folder / part.path

    def checked(self, part: Part) -> Path:
        """Where it lies, once it is seen to be what was written; raises what `attach` does."""
        path = self.place(part)
        if not path.is_file():
            raise self._missing(path)
        if part not in self._sound:
            if sha256_of(path) != part.sha256:
                raise self._altered(path)
            self._sound.add(part)
        return path

    def _in_memory(self, table: Table, parts: Sequence[Part], key: CaseKey | None) -> pa.Table:
        read = []
        for part in parts:
            path = self.place(part)
            try:
                content = path.read_bytes()
            except FileNotFoundError:
                raise self._missing(path) from None
            if sha256_of_bytes(content) != part.sha256:
                raise self._altered(path)
            decryption = None if key is None or content.startswith(OPEN_MAGIC) else key.decryption()
            read.append(pq.read_table(io.BytesIO(content), decryption_properties=decryption))
        return pa.concat_tables(read).cast(arrow_schema(table))

    def _missing(self, path: Path) -> MachineError | TamperedError:
        return self._moved() or TamperedError(_("A part of a table is missing."), do=START_ANEW, where=path)

    def _altered(self, path: Path) -> MachineError | TamperedError:
        return self._moved() or TamperedError(
            _("A table is not what was written."), do=START_ANEW, where=path
        )

    def _moved(self) -> MachineError | None:
        """Whether a run beside this one has committed since."""
        if not self._read_only or self._generations.current().number == self._opened:
            return None
        return MachineError(
            _("Another run has written this case meanwhile."), do=_("Run again."), code="case_moved"
        )


def _sealed(table: Table, paths: Sequence[Path], key: CaseKey) -> ds.Dataset:
    scan = ds.ParquetFragmentScanOptions(decryption_properties=key.decryption())
    form = ds.ParquetFileFormat(default_fragment_scan_options=scan)
    return ds.dataset([str(path) for path in paths], schema=arrow_schema(table), format=form)
