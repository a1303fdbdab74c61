# SPDX-License-Identifier: Apache-2.0
"""The content of one file, or of one member of an archive, read as a bounded stream.

Compression is undone on the way; what swells as only a bomb does is refused. Nothing is unpacked on the
disk.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa

HEAD = 64 << 10
BOMB_FLOOR = 256 << 20
"""No content is called a bomb before it has given that many bytes."""

BOMB_RATIO = 200
HELD = 256 << 20
"""What must be held whole in memory to be read (a workbook, a PDF) has at most that many bytes."""

READ_ERRORS = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, pa.ArrowException)
_COMPRESSED = {
    "gz": re.compile(rb"\x1f\x8b"),
    "bz2": re.compile(rb"BZh[1-9]1AY&SY"),
    "xz": re.compile(rb"\xfd7zXZ\x00"),
    "zst": re.compile(rb"\x28\xb5\x2f\xfd"),
}


class Unreadable(Exception):  # noqa: N818  # a state of a file, told beside others and not a failure of ours
    """Why a file, or the rest of it, cannot be read: one of REASONS, and nothing of its content."""

    def __init__(self, reason: str, *, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


REASONS = (
    "encrypted",
    "damaged",
    "no_text",
    "unknown_kind",
    "too_large",
    "bomb",
    "entities",
    "ragged",
    "not_permitted",
    "no_extra",
)


@dataclass(frozen=True)
class Content:
    """Something to read."""

    path: Path
    member: str | None
    """Within an archive: `inner.zip!file.csv` where archives stand in one another."""

    opened: Callable[[], BinaryIO]
    """A new stream of the stored bytes, from the start."""

    size: int | None
    """Stored; null where the archive does not say."""

    changed_at: datetime | None

    @property
    def label(self) -> str:
        """`a.zip!member`, or the path."""
        return str(self.path) if self.member is None else f"{self.path}!{self.member}"

    @property
    def name(self) -> str:
        """The last part of its path, without the ending of a compression."""
        last = (self.member or self.path.name).replace("\\", "/").rsplit("!", 1)[-1].rsplit("/", 1)[-1]
        return re.sub(r"(?i)(?<=.)\.(gz|bz2|xz|zst)$", "", last) if self.compression else last

    @property
    def ending(self) -> str:
        """`.csv`, in small letters; empty when the name has none."""
        return Path(self.name).suffix.lower()

    @cached_property
    def compression(self) -> str | None:
        """How it is compressed, by its first bytes."""
        with _told(), self.opened() as file:
            first = file.read(16)
        return next((kind for kind, magic in _COMPRESSED.items() if magic.match(first)), None)

    @cached_property
    def head(self) -> bytes:
        """The first HEAD bytes of the content, decompressed."""
        with self.stream() as file, _told():
            return file.read(HEAD)

    def stream(self) -> BinaryIO:
        """The content, decompressed, to be closed. Raises Unreadable, also while it is read."""
        with _told():
            kind = self.compression
            stored = self.opened()
            file = stored if kind is None else _inflated(stored, kind)
        limit = max(BOMB_FLOOR, BOMB_RATIO * (self.size or 0))
        return cast("BinaryIO", io.BufferedReader(Bounded(file, stored, limit), 1 << 20))

    def whole(self) -> bytes:
        """All of it, for kinds that cannot be read as they come. Raises Unreadable."""
        with self.stream() as file, _told():
            content = file.read(HELD + 1)
        if len(content) > HELD:
            raise Unreadable("too_large")
        return content


def content_of(path: Path) -> Content:
    """A file."""
    state = path.stat()
    return Content(
        path, None, lambda: path.open("rb"), state.st_size, datetime.fromtimestamp(state.st_mtime, UTC)
    )


class Bounded(io.RawIOBase):
    """A stream that refuses to swell, and whose failures are told in our words."""

    def __init__(self, file: BinaryIO, stored: BinaryIO, limit: int) -> None:
        super().__init__()
        self._file = file
        self._stored = stored
        self._left = limit

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """As of a file."""
        with _told():
            block = self._file.read(len(buffer))
        self._left -= len(block)
        if self._left < 0:
            raise Unreadable("bomb")
        buffer[: len(block)] = block
        return len(block)

    def close(self) -> None:
        """Close what it reads."""
        if not self.closed:
            self._file.close()
            self._stored.close()
        super().close()


def _inflated(file: BinaryIO, kind: str) -> BinaryIO:
    if kind == "gz":
        return cast("BinaryIO", gzip.GzipFile(fileobj=file))
    if kind == "bz2":
        return cast("BinaryIO", bz2.BZ2File(file))
    if kind == "xz":
        return cast("BinaryIO", lzma.LZMAFile(file))
    return cast("BinaryIO", pa.CompressedInputStream(pa.PythonFile(file, mode="r"), "zstd"))


class _told:  # noqa: N801  # reads as a word where it stands
    """Turns what the standard library raises on bad content into Unreadable."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, PermissionError):
            raise Unreadable("not_permitted") from None
        if isinstance(error, RuntimeError) and "encrypted" in str(error):
            raise Unreadable("encrypted") from None
        if isinstance(error, (*READ_ERRORS, RuntimeError, NotImplementedError, ValueError)):
            raise Unreadable("damaged", detail=type(error).__name__) from None


told = _told
"""Wraps a reader's own calls of libraries."""
