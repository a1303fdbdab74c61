# SPDX-License-Identifier: Apache-2.0
"""The members of a zip archive, where the archive is the whole file and its table names all that it holds.

A zip is found by its end. Of one that was cut, the end of another zip within it would be taken for its own;
of two that were joined, the last alone would be read. So the members must follow one another from the first
byte to the table, and the table must end the file: what no table names would be lost without a word.
"""

from __future__ import annotations

import struct
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import IO

from tocsin.core.errors import InputError
from tocsin.core.words import _

_END = b"PK\x05\x06"
_END_SIZE = 22
_LONGEST_COMMENT = 0xFFFF
_LOCAL = struct.Struct("<4s2xHH4xIIIHH")
_MARKERS = (b"PK\x07\x08", b"PK00")
"""What stands before the first member of an archive that might have been split, and was not."""

_IS_ENCRYPTED = 1
_SIZES_FOLLOW = 8
_FOLLOWING = (12, 16, 20, 24)
"""Bytes of what follows a member whose sizes were not known before it was written."""

_IN_64 = 0xFFFFFFFF

_LONGEST_PADDING = 1 << 16
"""Bytes of zeros that align a member; an archive may claim any gap, and none is read into memory."""


def zip_members(path: Path) -> list[zipfile.ZipInfo]:
    """Its members, folders aside.

    Raises InputError when one is encrypted, or the file holds more, less or other than the table says, and
    what `zipfile` raises.
    """
    with path.open("rb") as file, zipfile.ZipFile(file) as archive:
        infos = archive.infolist()
        if not _ends_file(file) or not _fill(file, infos, archive.start_dir):
            raise InputError(
                _("This archive is cut, or holds something that its table of contents does not name."),
                do=_("Copy it again from its source; or unpack it, check its files, and name these instead."),
                where=path,
                code="damaged_archive",
            )
    if any(info.flag_bits & _IS_ENCRYPTED for info in infos):
        raise InputError(
            _("This archive is encrypted."),
            do=_("Unpack it with its password, and name its files instead."),
            where=path,
            code="encrypted_archive",
        )
    return [info for info in infos if not info.is_dir()]


def refuse_prepended(path: Path, tail: bytes) -> None:
    """Raise InputError for the last bytes of a zip: of a file that does not begin as one."""
    if tail.startswith(_END):
        raise InputError(
            _("This is an archive behind something else, as a program that unpacks itself is."),
            do=_("Unpack it, and name its files instead."),
            where=path,
            code="prepended_archive",
        )


def tail_of(file: IO[bytes]) -> bytes:
    """The last bytes of a file: the end of a zip without a comment, if it is one."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_SIZE))
    return file.read(_END_SIZE)


def _ends_file(file: IO[bytes]) -> bool:
    """Whether the archive's end is the file's, but for the zeros that tapes leave."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_SIZE - _LONGEST_COMMENT))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or at + _END_SIZE > len(tail):
        return False
    end = at + _END_SIZE + int.from_bytes(tail[at + 20 : at + _END_SIZE], "little")
    return end <= len(tail) and not tail[end:].strip(b"\0")


def _fill(file: IO[bytes], infos: list[zipfile.ZipInfo], table: int) -> bool:
    """Whether the members, one behind the other, fill the file up to its table, and are as it says."""
    ordered = sorted(infos, key=lambda info: info.header_offset)
    ends = [_end_of(file, info) for info in ordered]
    if not ordered or None in ends:
        return not ordered and table == 0
    begins = [info.header_offset for info in ordered]
    if begins[0] and _between(file, 0, begins[0]) not in _MARKERS:
        return False
    bounds = zip(ordered, ends, [*(later for _first, later in pairwise(begins)), table], strict=True)
    return all(end is not None and _is_filled(file, info, end, begin) for info, end, begin in bounds)


def _end_of(file: IO[bytes], info: zipfile.ZipInfo) -> int | None:
    """Where the content of a member ends; None when its own header says other than the table."""
    file.seek(info.header_offset)
    head = file.read(_LOCAL.size)
    if len(head) < _LOCAL.size:
        return None
    magic, flags, method, crc, packed, size, name, extra = _LOCAL.unpack(head)
    said = (
        crc,
        packed if packed != _IN_64 else info.compress_size,
        size if size != _IN_64 else info.file_size,
    )
    is_same = flags & _SIZES_FOLLOW or said == (info.CRC, info.compress_size, info.file_size)
    is_stored_whole = info.compress_type != zipfile.ZIP_STORED or _is_whole(info)
    if magic != b"PK\x03\x04" or method != info.compress_type or not is_same or not is_stored_whole:
        return None
    return int(info.header_offset + _LOCAL.size + name + extra + info.compress_size)


def _is_whole(info: zipfile.ZipInfo) -> bool:
    return info.compress_size == info.file_size or bool(info.flag_bits & _IS_ENCRYPTED)


def _is_filled(file: IO[bytes], info: zipfile.ZipInfo, end: int, begin: int) -> bool:
    """Whether nothing stands between a member and the next, but its sizes, or zeros that align."""
    if info.flag_bits & _SIZES_FOLLOW and begin - end in _FOLLOWING:
        return True
    return begin >= end and not _between(file, end, begin).strip(b"\0")


def _between(file: IO[bytes], start: int, end: int) -> bytes:
    """What stands there; of more than any writer leaves, that it is something."""
    if end - start > _LONGEST_PADDING:
        return b"?"
    file.seek(start)
    return file.read(end - start)
