# SPDX-License-Identifier: Apache-2.0
"""From places in log files to the records that stand there, as they were read.

The files are read again, each once, and must hold what was read from them: a record is never shown from a
file that has changed since.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from tocsin.core.errors import InputError
from tocsin.core.settings import SourceSettings, load_mapping
from tocsin.ingest.interface import Cutter, LogFormat, ReadOptions
from tocsin.ingest.planned import KnownFile
from tocsin.ingest.read.inputs import Input, find_inputs
from tocsin.ingest.recognise import format_named, take_sample
from tocsin.store.case import Case
from tocsin.store.query import quote

Place = tuple[int, int, int]
"""(file number, byte offset, item)."""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that was read, and how to cut it again."""

    stream: Input
    form: LogFormat
    options: ReadOptions
    bytes: int
    """Of the decompressed content that was read …"""

    sha256: str
    """… and its digest."""


def texts_at(case: Case, places: Iterable[Place]) -> dict[Place, str]:
    """The records at these places of committed files, as text.

    A place is missing from the answer when its file is no longer there, or no longer holds what was read.
    """
    wanted = _by_file(places)
    names = ", ".join(quote(name) for name in KnownFile.__dataclass_fields__)
    with case.engine("files") as engine:
        rows = [
            KnownFile(*row)  # type: ignore[arg-type]
            for row in engine.rows(
                f"select {names} from files where list_contains($numbers, file_number) "
                "order by file_number, duplicate, path",
                numbers=sorted(wanted),
            )
        ]
    found: dict[Place, str] = {}
    for number, offsets in wanted.items():
        copies = (read_file(case, row) for row in rows if row.file_number == number)
        texts = (texts_in(file, offsets) for file in copies if file is not None)
        first = next((texts_found for texts_found in texts if texts_found is not None), {})
        found |= {(number, *place): text for place, text in first.items()}
    return found


def texts_of(files: Mapping[int, ReadFile], places: Iterable[Place]) -> dict[Place, str]:
    """As `texts_at`, for files that are being read in this run."""
    found: dict[Place, str] = {}
    for number, offsets in _by_file(places).items():
        texts = texts_in(files[number], offsets) if number in files else None
        found |= {(number, *place): text for place, text in (texts or {}).items()}
    return found


def read_file(case: Case, row: KnownFile) -> ReadFile | None:
    """A committed file as it can be read again; None when it is not there or its source is not."""
    source = next((s for s in case.settings.sources if s.name == row.source), None)
    if source is None:
        return None
    try:
        stream = _stream_of(case.folder, row.path)
        if stream is None:
            return None
        sample = take_sample(stream)
        form = format_named(row.format, sample)
        if form is None:
            return None
        options = _options(source, case.folder)
        options = replace(options, header=form.header(sample, options))
    except InputError:
        return None
    return ReadFile(stream, form, options, row.bytes, row.sha256)


def _stream_of(folder: Path, shown: str) -> Input | None:
    """The file of that path, or the member of an archive: a name may itself hold the sign between them."""
    if (folder / shown).is_file():
        return Input(folder / shown)
    places = [place for place, sign in enumerate(shown) if sign == "!"]
    for place in places:
        archive = folder / shown[:place]
        if archive.is_file():
            streams = find_inputs([shown[:place]], folder)
            return next((one for one in streams if one.member == shown[place + 1 :]), None)
    return None


def texts_in(file: ReadFile, offsets: set[tuple[int, int]]) -> dict[tuple[int, int], str] | None:
    """The records at (byte offset, item) of a file; None when it no longer holds what was read."""
    found: dict[tuple[int, int], str] = {}
    try:
        cutter: Cutter = file.form.cutter(take_sample(file.stream), file.options)
        content = _Content(file)
        wanted = np.array(sorted({offset for offset, _ in offsets}), np.int64)
        for batch in cutter.cut(content.blocks()):
            _pick(batch, wanted, offsets, found)
        for _ in content.rest:
            """The digest is of the whole."""
    except InputError:
        return None
    return found if content.is_same else None


def _pick(
    batch: pa.RecordBatch,
    wanted: np.ndarray[tuple[int], np.dtype[np.int64]],
    offsets: set[tuple[int, int]],
    found: dict[tuple[int, int], str],
) -> None:
    starts = batch.column("byte_offset").to_numpy(zero_copy_only=False)
    for place in np.flatnonzero(np.isin(starts, wanted)).tolist():
        key = (int(starts[place]), batch.column("item")[place].as_py())
        if key in offsets:
            found[key] = batch.column("record")[place].as_py()


class _Content:
    """The content that was read, without what was written behind it since; and whether it is the same."""

    def __init__(self, file: ReadFile) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._left = file.bytes
        self.rest: Iterator[bytes] = iter(())

    def blocks(self) -> Iterator[bytes]:
        self.rest = self._blocks()
        return self.rest

    @property
    def is_same(self) -> bool:
        return not self._left and self._digest.hexdigest() == self._file.sha256

    def _blocks(self) -> Iterator[bytes]:
        for block in self._file.stream.blocks():
            kept = block[: self._left]
            self._left -= len(kept)
            self._digest.update(kept)
            if kept:
                yield kept
            if not self._left:
                return


def _options(source: SourceSettings, folder: Path) -> ReadOptions:
    mapping = None if source.mapping is None else load_mapping(folder / source.mapping)
    before = source.before or (source.period.until if source.period else None)
    return ReadOptions(zone=source.zone, mapping=mapping, before=before)


def _by_file(places: Iterable[Place]) -> dict[int, set[tuple[int, int]]]:
    wanted: dict[int, set[tuple[int, int]]] = {}
    for number, offset, item in places:
        wanted.setdefault(number, set()).add((offset, item))
    return wanted
