# SPDX-License-Identifier: Apache-2.0
"""The files of a case, whole and decompressed, within a budget of bytes.

Compression is known by the first bytes, not by the name. A file whose content begins another
file of the same source is that file at an earlier hour: it is listed and not read.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

from tocsin.recount.errors import CannotRecount, TooLargeToRecount

PIECE = 1 << 20


@dataclass(slots=True)
class Budget:
    """How many bytes and records may still be read."""

    records: int
    size: int
    spent: dict[str, int] = field(default_factory=lambda: {"records": 0, "bytes": 0})

    def spend_bytes(self, count: int) -> None:
        self.spent["bytes"] += count
        if self.spent["bytes"] > self.size:
            raise TooLargeToRecount(f"the files hold more than {self.size} bytes once decompressed")

    def spend_record(self) -> None:
        self.spent["records"] += 1
        if self.spent["records"] > self.records:
            raise TooLargeToRecount(f"the logs hold more than {self.records} records")


@dataclass(frozen=True, slots=True)
class Content:
    path: str
    body: bytes


def list_paths(folder: Path, patterns: Iterable[str]) -> list[Path]:
    """The files that the patterns name, each once, in order of their paths."""
    found: set[Path] = set()
    for pattern in patterns:
        absolute = Path(pattern).is_absolute()
        base = Path(Path(pattern).anchor) if absolute else folder
        relative = str(Path(pattern).relative_to(base)) if absolute else pattern
        found.update(path for path in base.glob(relative) if path.is_file())
    return sorted(found)


def read_contents(folder: Path, patterns: Iterable[str], budget: Budget) -> list[Content]:
    contents = []
    for path in list_paths(folder, patterns):
        contents.extend(_open(path, budget))
    return contents


def split_contained(contents: list[Content]) -> tuple[list[Content], int]:
    """The contents to read, and how many files are only the beginning, or the copy, of another."""
    kept: list[Content] = []
    for content in sorted(contents, key=lambda one: (-len(one.body), one.path)):
        if not any(content.body and longer.body.startswith(content.body) for longer in kept):
            kept.append(content)
    return sorted(kept, key=lambda one: one.path), len(contents) - len(kept)


def _open(path: Path, budget: Budget) -> list[Content]:
    with path.open("rb") as file:
        head = file.read(6)
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        raise CannotRecount(f"{path.name}: the recount does not read zstd")
    if head.startswith(b"PK\x03\x04"):
        return _members(path, budget)
    opener = io.open
    if head.startswith(b"\x1f\x8b"):
        opener = gzip.open  # type: ignore[assignment]
    elif head.startswith(b"BZh"):
        opener = bz2.open  # type: ignore[assignment]
    elif head.startswith(b"\xfd7zXZ\x00"):
        opener = lzma.open  # type: ignore[assignment]
    with cast("IO[bytes]", opener(path, "rb")) as stream:
        return [Content(str(path), _drain(stream, budget, path.name))]


def _members(path: Path, budget: Budget) -> list[Content]:
    with zipfile.ZipFile(path) as archive:
        if min((info.header_offset for info in archive.infolist()), default=0):
            # Of a zip cut at its end, that of another zip within it would be read in its place.
            raise CannotRecount(f"{path.name}: the archive is not the whole file")
        names = sorted(name for name in archive.namelist() if not name.endswith("/"))
        contents = []
        for name in names:
            with archive.open(name) as stream:
                contents.append(Content(f"{path}!{name}", _drain(stream, budget, path.name)))
    return contents


def _drain(stream: IO[bytes], budget: Budget, name: str) -> bytes:
    pieces = []
    try:
        while piece := stream.read(PIECE):
            budget.spend_bytes(len(piece))
            pieces.append(piece)
    except (OSError, EOFError, lzma.LZMAError, zipfile.BadZipFile) as error:
        raise CannotRecount(f"{name}: the compressed file is damaged") from error
    return b"".join(pieces).removeprefix(b"\xef\xbb\xbf")
