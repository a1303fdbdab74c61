# SPDX-License-Identifier: Apache-2.0
"""Members of archives (zip, tar, compressed or not, in one another), streamed in memory and within bounds.

A member is never written to the disk. What is encrypted, damaged or swells is said, member by member.
"""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import BinaryIO, Final, cast

from tocsin.scope.profiles.attachments import attached_to
from tocsin.scope.profiles.content import BOMB_FLOOR, BOMB_RATIO, HELD, Content, Unreadable, told

MEMBERS: Final = 100_000
DEPTH: Final = 4
_ZIP: Final = b"PK\x03\x04"
_EMPTY_ZIP: Final = b"PK\x05\x06"
_DOCUMENTS: Final = (
    *(".xlsx", ".xlsm", ".docx", ".docm", ".dotx", ".pptx"),
    *(".odt", ".ods", ".ott", ".ots", ".odp", ".jar"),
)
"""Zip files that are one document each."""


def is_archive(content: Content) -> bool:
    """Whether it is to be opened into its members. Raises Unreadable."""
    head = content.head
    if head.startswith((_ZIP, _EMPTY_ZIP)):
        return (
            content.ending not in _DOCUMENTS
            and b"[Content_Types].xml" not in head
            and b"mimetypeapplication/vnd" not in head
        )
    return head[257:262] == b"ustar"


def members_of(content: Content, depth: int = 1) -> Iterator[Content | tuple[str, Unreadable]]:
    """The files in an archive, those of archives in it too; what cannot be read with its reason."""
    if depth > DEPTH:
        yield content.label, Unreadable("too_large")
        return
    walk = _zip_members if content.head.startswith(b"PK") else _tar_members
    try:
        for member in walk(content):
            yield from _opened(member, depth)
    except Unreadable as error:
        yield content.label, error


def _opened(
    member: Content | tuple[str, Unreadable], depth: int
) -> Iterator[Content | tuple[str, Unreadable]]:
    if not isinstance(member, Content):
        yield member
        return
    try:
        nested = is_archive(member)
    except Unreadable as error:
        yield member.label, error
        return
    if nested:
        yield from members_of(member, depth + 1)
    else:
        yield from with_attached(member, depth)


def with_attached(content: Content, depth: int = 0) -> Iterator[Content | tuple[str, Unreadable]]:
    """A file, and those that stand in it."""
    yield content
    for inner in attached_to(content):
        if depth >= DEPTH:
            yield content.label, Unreadable("too_large")
            return
        yield from _opened(inner, depth + 1)


def _zip_members(content: Content) -> Iterator[Content | tuple[str, Unreadable]]:
    """Each is to be read before the next is asked for."""
    with closing(_seekable(content)) as source, closing(_directory(source)) as archive:
        infos = archive.infolist()
        if len(infos) > MEMBERS:
            raise Unreadable("too_large")
        for info in infos:
            if not info.is_dir():
                yield _zip_member(content, archive, info)


def _directory(source: BinaryIO) -> zipfile.ZipFile:
    with told():
        try:
            return zipfile.ZipFile(source)
        except zipfile.BadZipFile:
            raise Unreadable("damaged") from None


def _zip_member(
    content: Content, archive: zipfile.ZipFile, info: zipfile.ZipInfo
) -> Content | tuple[str, Unreadable]:
    member = _joined(content, info.filename)
    if info.flag_bits & 1:
        return f"{content.path}!{member}", Unreadable("encrypted")
    if info.file_size > max(BOMB_FLOOR, BOMB_RATIO * info.compress_size):
        return f"{content.path}!{member}", Unreadable("bomb")
    return Content(content.path, member, _zip_opener(archive, info), info.compress_size, _zip_time(info))


def _zip_opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    def opened() -> BinaryIO:
        try:
            return cast("BinaryIO", archive.open(info))
        except (zipfile.BadZipFile, NotImplementedError):
            raise Unreadable("damaged") from None

    return opened


def _zip_time(info: zipfile.ZipInfo) -> datetime | None:
    """A zip says local time and no zone: taken as UTC, hours may lack."""
    try:
        return datetime(*info.date_time, tzinfo=UTC)
    except ValueError:
        return None


def _tar_members(content: Content) -> Iterator[Content | tuple[str, Unreadable]]:
    count = 0
    with content.stream() as file:
        try:
            with tarfile.open(fileobj=file, mode="r|") as archive:
                for info in archive:
                    count += 1
                    if count > MEMBERS:
                        raise Unreadable("too_large")
                    if info.isreg():
                        yield _tar_member(content, archive, info)
        except (tarfile.TarError, EOFError):
            raise Unreadable("damaged") from None


def _tar_member(
    content: Content, archive: tarfile.TarFile, info: tarfile.TarInfo
) -> Content | tuple[str, Unreadable]:
    """A tar cannot be gone back in: each member is held in memory while it is read."""
    member = _joined(content, info.name)
    if info.size > HELD:
        return f"{content.path}!{member}", Unreadable("too_large")
    inner = archive.extractfile(info)
    held = inner.read() if inner is not None else b""
    changed = datetime.fromtimestamp(info.mtime, UTC) if 0 <= info.mtime < 32503680000 else None
    return Content(content.path, member, lambda: io.BytesIO(held), len(held), changed)


def _joined(content: Content, name: str) -> str:
    return name if content.member is None else f"{content.member}!{name}"


def _seekable(content: Content) -> BinaryIO:
    if content.member is None and content.compression is None:
        with told():
            return content.opened()
    return io.BytesIO(content.whole())
