# SPDX-License-Identifier: Apache-2.0
"""Copies one file so that it can be vouched for: hashed as it is read, read back, and named when whole.

The bytes go to `.name.part` beside the target; a copy that was interrupted goes on where it stopped, once its
beginning has been seen to be the file's own. A target that is there is never overwritten.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tocsin.core.errors import InputError, MachineError, TocsinError
from tocsin.core.words import _

BLOCK = 1 << 20

Told = Callable[[int], None]
"""Called with the bytes dealt with since the last call."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy that was read back and is what was read."""

    target: Path
    bytes: int
    sha256: str

    head_sha256: str | None
    """Of the first `head` bytes asked for, where the file is at least that long."""

    was_there: bool
    """The same content was there from an earlier copy."""


def copy_verified(
    source: Path, target: Path, *, head: int | None = None, told: Told = lambda _n: None
) -> Copied:
    """Copy what the file holds as this begins; a log that grows meanwhile is cut there.

    Raises InputError when the file cannot be read or shrinks under the copy, MachineError when the copy read
    back differs. A target of another content is left; the copy then takes a name with its own hash.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    try:
        with source.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if target.exists() and target.stat().st_size == size:
                digest, head_digest = _digest_of(file, size, head)
                if digest == sha256_of_file(target):
                    told(size)
                    return Copied(target, size, digest, head_digest, was_there=True)
                file.seek(0)
            digest, head_digest = _fill(file, part, size, head, told)
    except OSError as error:
        raise _failed(source, error) from None
    if sha256_of_file(part) != digest:
        part.unlink()
        raise MachineError(
            _("The copy is not what was read."), do=_("Check the disk, and copy again."), where=target
        )
    place = _free_name(target, digest)
    part.replace(place)
    with suppress(OSError):  # a file system without times or rights still holds the content
        os.utime(place, ns=(source.stat().st_atime_ns, source.stat().st_mtime_ns))
        place.chmod(0o440)
    _sync(place.parent)
    return Copied(place, size, digest, head_digest, was_there=False)


def sha256_of_file(path: Path) -> str:
    """Of the whole file, in blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Hash:
    """SHA-256 of what passes, and of its first bytes."""

    def __init__(self, head: int | None) -> None:
        self.whole = hashlib.sha256()
        self.bytes = 0
        self._head = head
        self.head_digest: str | None = hashlib.sha256().hexdigest() if head == 0 else None

    def add(self, block: bytes) -> None:
        if self._head is not None and self.bytes < self._head <= self.bytes + len(block):
            first = self.whole.copy()
            first.update(block[: self._head - self.bytes])
            self.head_digest = first.hexdigest()
        self.whole.update(block)
        self.bytes += len(block)


def _digest_of(file: BinaryIO, size: int, head: int | None) -> tuple[str, str | None]:
    hashed = _Hash(head)
    while hashed.bytes < size and (block := file.read(min(BLOCK, size - hashed.bytes))):
        hashed.add(block)
    return hashed.whole.hexdigest(), hashed.head_digest


def _fill(file: BinaryIO, part: Path, size: int, head: int | None, told: Told) -> tuple[str, str | None]:
    """Bring the part up to the file's size, from where it stands if it begins as the file does."""
    hashed = _Hash(head)
    with part.open("r+b" if part.exists() else "w+b") as out:
        _take_up(file, out, size, hashed)
        told(hashed.bytes)
        while hashed.bytes < size:
            block = file.read(min(BLOCK, size - hashed.bytes))
            if not block:
                raise OSError(0, "it became shorter")
            out.write(block)
            hashed.add(block)
            told(len(block))
        out.flush()
        os.fsync(out.fileno())
    return hashed.whole.hexdigest(), hashed.head_digest


def _take_up(file: BinaryIO, out: BinaryIO, size: int, hashed: _Hash) -> None:
    """Go over what an earlier attempt wrote; from the first block that differs on, it is dropped."""
    while hashed.bytes < size:
        held = out.read(min(BLOCK, size - hashed.bytes))
        block = file.read(len(held))
        if not held or held != block:
            break
        hashed.add(block)
    file.seek(hashed.bytes)
    out.seek(hashed.bytes)
    out.truncate()


def _free_name(target: Path, digest: str) -> Path:
    """The target, or a name beside it when another version is there already."""
    if not target.exists():
        return target
    return target.with_name(f"{target.name}~{digest[:12]}")


def _failed(path: Path, error: OSError) -> TocsinError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return MachineError(
            _("There is no room left for the copies."),
            do=_("Free space, or copy to a larger disk; run again to go on."),
            where=path,
            code="disk_full",
        )
    return InputError(
        _("This file cannot be copied: {why}."),
        do=_("Check that you may read it and that there is room for the copy; run again to go on."),
        where=path,
        code="not_copied",
        why=error.strerror or type(error).__name__,
    )


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
