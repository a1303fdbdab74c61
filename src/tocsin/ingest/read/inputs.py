# SPDX-License-Identifier: Apache-2.0
"""What a source's paths name: plain and compressed files, and the members of archives."""

from __future__ import annotations

import bz2
import glob
import gzip
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import zstandard

from tocsin.core.errors import InputError

BLOCK = 8 << 20
MEMBERS = 10_000
BOMB_RATIO = 2_000
"""Decompressed over compressed bytes: gzip can reach 1,032; real logs stay under a few hundred."""
BOMB_FLOOR = 1 << 30
"""No stream is called a bomb before it has given that many bytes."""
READ_ERRORS = (
    OSError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zstandard.ZstdError,
    zipfile.BadZipFile,
    RuntimeError,
)

_MAGIC = {
    b"\x1f\x8b": "gz",
    b"\x28\xb5\x2f\xfd": "zst",
    b"BZh": "bz2",
    b"\xfd7zXZ\x00": "xz",
    b"PK\x03\x04": "zip",
}


@dataclass(frozen=True, slots=True)
class Input:
    """One stream of bytes: a file, or a member of an archive."""

    path: Path
    member: str | None = None

    @property
    def label(self) -> str:
        """`a.zip!member`, or the path."""
        return str(self.path) if self.member is None else f"{self.path}!{self.member}"

    def blocks(self) -> Iterator[bytes]:
        """Its decompressed content, in blocks of BLOCK bytes at most.

        Raises InputError when it cannot be read to its end, or swells as only a bomb does.
        """
        given = 0
        try:
            with self.path.open("rb") as file:
                size = self.path.stat().st_size
                for block in _decompressed(file, self.member):
                    given += len(block)
                    if given > BOMB_FLOOR and given > BOMB_RATIO * size:
                        raise InputError(
                            "This archive swells as only an archive bomb does.",
                            do="Do not open it; ask for it again from its source.",
                            where=self.label,
                            code="archive_bomb",
                        )
                    yield block
        except READ_ERRORS as error:
            raise InputError(
                f"This file cannot be read to its end (after {given} bytes): {type(error).__name__}.",
                do="Copy it again from its source, or take it out of `paths`.",
                where=self.label,
                code="unreadable",
            ) from None


def find_inputs(patterns: list[str], folder: Path) -> list[Input]:
    """The streams behind a source's paths and globs, in order of path.

    Raises InputError when a pattern matches nothing, or names a folder.
    """
    paths: dict[Path, None] = {}
    for pattern in patterns:
        found = sorted(Path(p) for p in glob.glob(str(folder / pattern), recursive=True))  # noqa: PTH207  # absolute patterns too
        if not found:
            raise InputError(
                f"Nothing is at '{pattern}'.", do="Check the path.", where=folder / pattern, code="no_file"
            )
        if len(found) == 1 and found[0].is_dir():
            raise InputError(
                "This is a folder, not a file.",
                do=f"Name its files: '{pattern}/*'.",
                where=found[0],
                code="folder",
            )
        paths.update((path, None) for path in found if not path.is_dir())
    return [stream for path in sorted(paths) for stream in _members(path)]


def _members(path: Path) -> Iterator[Input]:
    try:
        with path.open("rb") as file:
            if _kind(file.read(8)) != "zip":
                yield Input(path)
                return
        with zipfile.ZipFile(path) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
    except (OSError, zipfile.BadZipFile) as error:
        raise InputError(
            f"This file cannot be opened: {type(error).__name__}.",
            do="Check that it is whole and that you may read it.",
            where=path,
            code="unreadable",
        ) from None
    if len(infos) > MEMBERS:
        raise InputError(
            f"This archive has {len(infos)} members.", do="Unpack it first.", where=path, code="archive_bomb"
        )
    yield from (Input(path, info.filename) for info in sorted(infos, key=lambda info: info.filename))


def _kind(head: bytes) -> str | None:
    return next((kind for magic, kind in _MAGIC.items() if head.startswith(magic)), None)


def _decompressed(file: IO[bytes], member: str | None) -> Iterator[bytes]:
    if member is None:
        yield from _opened(file)
        return
    with zipfile.ZipFile(file) as archive, archive.open(member) as inner:
        yield from _opened(_Peekable(inner))


def _opened(file: IO[bytes] | _Peekable) -> Iterator[bytes]:
    head = file.read(8)
    file.seek(0)
    kind = _kind(head)
    if kind == "zip":
        raise InputError(
            "There is an archive within this archive.", do="Unpack it first.", code="nested_archive"
        )
    if kind == "gz":
        yield from _gunzipped(file)
        return
    stream = {
        "zst": lambda: zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True),  # type: ignore[arg-type]
        "bz2": lambda: bz2.open(file),  # type: ignore[arg-type]
        "xz": lambda: lzma.open(file),  # type: ignore[arg-type]
    }.get(kind or "", lambda: file)()
    while block := stream.read(BLOCK):
        yield block


def _gunzipped(file: IO[bytes] | _Peekable) -> Iterator[bytes]:
    """Members of a gzip stream one after the other, in large blocks: `gzip.GzipFile` copies more."""
    engine = zlib.decompressobj(wbits=31)
    waiting = b""
    while True:
        chunk = waiting or file.read(BLOCK // 8)
        waiting = b""
        if not chunk:
            if not engine.eof:
                raise EOFError
            return
        if engine.eof:
            chunk = chunk.lstrip(b"\0")  # padding that tape and block devices leave
            if not chunk:
                continue
            if not chunk.startswith(b"\x1f\x8b"):
                raise gzip.BadGzipFile
            engine = zlib.decompressobj(wbits=31)
        while chunk and not engine.eof:
            if block := engine.decompress(chunk, BLOCK):
                yield block
            chunk = engine.unconsumed_tail
        waiting = engine.unused_data


class _Peekable:
    """A zip member that can be rewound once: its first bytes tell how it is compressed."""

    def __init__(self, inner: IO[bytes]) -> None:
        self._inner = inner
        self._head = b""
        self._at = 0

    def read(self, size: int = -1) -> bytes:
        """As of a file."""
        if self._at < len(self._head):
            piece = self._head[self._at :] if size < 0 else self._head[self._at : self._at + size]
            self._at += len(piece)
            return piece if size >= 0 else piece + self._inner.read()
        piece = self._inner.read(size)
        if not self._head:
            self._head = piece[:8]
        self._at += len(piece)
        return piece

    def seek(self, _offset: int) -> None:
        """Back to the beginning; only after the first 8 bytes were read."""
        self._at = 0
