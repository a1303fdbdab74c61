# SPDX-License-Identifier: Apache-2.0
"""Decompressed content of one stream: whole, or refused; in blocks of bounded size and memory.

Compression is known by the first bytes, not by the name. Streams written one after the other are read to
the end of the last; a stream cut short, or followed by anything but zeros, is never taken for a whole one.
"""

from __future__ import annotations

import bz2
import lzma
import re
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Protocol, cast

import pyarrow as pa

from tocsin.core.errors import InputError
from tocsin.core.words import _

BLOCK = 8 << 20
PIECE = 1 << 20
XZ_MEMORY = 256 << 20
"""An .xz stream may ask for gigabytes to be read; `xz -9` asks for 65 MiB."""

READ_ERRORS = (OSError, EOFError, zlib.error, lzma.LZMAError)

_MAGIC = {
    "gz": re.compile(rb"\x1f\x8b"),
    "zst": re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18"),
    "bz2": re.compile(rb"BZh[1-9](?:1AY&SY|\x17\x72\x45\x38\x50\x90)"),
    "xz": re.compile(rb"\xfd7zXZ\x00"),
    "zip": re.compile(rb"PK\x03\x04|PK\x05\x06|PK\x07\x08"),
    "7z": re.compile(rb"7z\xbc\xaf\x27\x1c"),
    "rar": re.compile(rb"Rar!\x1a\x07"),
    "lz4": re.compile(rb"\x04\x22\x4d\x18"),
}
HEAD = 512
_TAR = slice(257, 262)


class Peekable(Protocol):
    """A binary file whose next bytes can be looked at without being taken."""

    def peek(self, size: int, /) -> bytes:
        """Some of the next bytes: `size` of them where the file is that long."""

    def read(self, size: int, /) -> bytes:
        """As of a file."""


class _Engine(Protocol):
    """What `bz2` and `lzma` offer."""

    eof: bool
    needs_input: bool
    unused_data: bytes

    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Inflate:
    """`zlib`, with the face of the others."""

    def __init__(self) -> None:
        self._engine = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._engine.eof

    @property
    def needs_input(self) -> bool:
        return not self._engine.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._engine.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._engine.decompress(self._engine.unconsumed_tail + data, max_length)


_ENGINES: dict[str, Callable[[], _Engine]] = {
    "gz": lambda: cast("_Engine", _Inflate()),
    "bz2": lambda: cast("_Engine", bz2.BZ2Decompressor()),
    "xz": lambda: cast("_Engine", lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY)),
}


def kind_of(head: bytes) -> str | None:
    """How content that begins so is compressed or packed; None when it is plain."""
    for kind, magic in _MAGIC.items():
        if magic.match(head):
            return kind
    return "tar" if head[_TAR] == b"ustar" and b"\0" in head[: _TAR.start] else None


def decompressed(file: Peekable) -> Iterator[bytes]:
    """The content, in blocks of BLOCK bytes at most.

    Raises InputError (`nested_archive`) for an archive, within another or not, that is to be unpacked first,
    and READ_ERRORS for content that is not whole.
    """
    kind = kind_of(file.peek(HEAD)[:HEAD])
    if kind in _ENGINES:
        blocks = _streams(file, kind)
    elif kind == "zst":
        blocks = _blocks(pa.CompressedInputStream(pa.PythonFile(file, mode="r"), "zstd"))
    else:
        _refuse_archive(kind)
        yield from _blocks(file)
        return
    is_first = True
    for block in blocks:
        if is_first:
            _refuse_archive(kind_of(block[:HEAD]))
            is_first = False
        yield block


def _refuse_archive(kind: str | None) -> None:
    if kind is not None:
        raise InputError(
            _("This is an archive of a kind that is not read here ({kind})."),
            do=_(
                "Unpack it first. Plain, gz, zst, bz2, xz and zip files are read, not an archive in another."
            ),
            code="nested_archive",
            kind=kind,
        )


def _blocks(file: Peekable | IO[bytes]) -> Iterator[bytes]:
    while block := file.read(BLOCK):
        yield block


def _streams(file: Peekable, kind: str) -> Iterator[bytes]:
    waiting = _next_stream(file, b"")
    while waiting:
        if not _MAGIC[kind].match(waiting):
            raise EOFError
        engine = _ENGINES[kind]()
        while not engine.eof:
            if block := engine.decompress(waiting, BLOCK):
                yield block
            waiting = b""
            if not engine.eof and engine.needs_input and not (waiting := file.read(PIECE)):
                raise EOFError
        waiting = _next_stream(file, engine.unused_data)


def _next_stream(file: Peekable, waiting: bytes) -> bytes:
    """What follows the zeros that tapes and block devices leave, and enough of it to be recognised."""
    waiting = waiting.lstrip(b"\0")
    while len(waiting) < HEAD and (more := file.read(PIECE)):
        waiting = (waiting + more).lstrip(b"\0")
    return waiting
