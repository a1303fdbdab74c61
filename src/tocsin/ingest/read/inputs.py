# SPDX-License-Identifier: Apache-2.0
"""What a source's paths name: plain and compressed files, and the members of archives."""

from __future__ import annotations

import glob
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

from tocsin.core.errors import InputError, Where
from tocsin.core.words import _
from tocsin.ingest.read.archives import refuse_prepended, tail_of, zip_members
from tocsin.ingest.read.decompression import BLOCK, HEAD, READ_ERRORS, Peekable, decompressed, kind_of

MEMBERS = 10_000
BOMB_RATIO = 2_000
"""Decompressed over compressed bytes: gzip can reach 1,032; real logs stay under a few hundred."""
BOMB_FLOOR = 1 << 30
"""No stream is called a bomb before it has given that many bytes."""
_ZIP_ERRORS = (zipfile.BadZipFile, RuntimeError, NotImplementedError, ValueError)


@dataclass(frozen=True, slots=True)
class Input:
    """One stream of bytes: a file, or a member of an archive."""

    path: Path
    member: str | None = None
    until: int | None = None
    """Bytes of a plain file that are read: what stands behind them is for later. None: all of it."""

    @property
    def label(self) -> str:
        """`a.zip!member`, or the path."""
        return str(self.path) if self.member is None else f"{self.path}!{self.member}"

    def blocks(self, begin: int = 0) -> Iterator[bytes]:
        """Its decompressed content, in blocks of bounded size; of a plain file from any byte on.

        Raises InputError when it cannot be read to its end, or swells as only a bomb does.
        """
        given = begin
        try:
            with self._opened() as file:
                size = self.path.stat().st_size
                for block in _plain_from(file, begin) if begin else decompressed(file):
                    given += len(block)
                    _refuse_bomb(given, size, self.label)
                    if self.until is not None and given >= self.until:
                        yield block[: max(0, len(block) - (given - self.until))]
                        return
                    yield block
        except InputError as error:
            error.where = error.where if error.where.file else Where(self.label)
            raise
        except (*READ_ERRORS, *_ZIP_ERRORS) as error:
            raise _unreadable(self.label, error, given) from None

    @property
    def is_plain(self) -> bool:
        """Whether its content is the file's own bytes: neither compressed nor within an archive."""
        if self.member is not None:
            return False
        with self.path.open("rb") as file:
            return kind_of(file.read(HEAD)) is None

    @contextmanager
    def _opened(self) -> Iterator[Peekable]:
        with self.path.open("rb") as file:
            if self.member is None:
                yield file
                return
            with zipfile.ZipFile(file) as archive, archive.open(self.member) as inner:
                yield cast("Peekable", inner)


@dataclass(frozen=True, slots=True)
class Following:
    """How the files of a source are taken while they grow: what is not ready now is read another time."""

    left: frozenset[Path] = frozenset()
    """Files as good as not there."""

    ends: Mapping[Path, int] = field(default_factory=dict)
    """Bytes of plain files that are read; of others, all."""


def find_inputs(patterns: list[str], folder: Path, following: Following | None = None) -> list[Input]:
    """The streams behind a source's paths and globs, in order of path.

    Raises InputError when a pattern matches nothing, or folders alone, or something that is not a file. With
    `following`, a pattern that matches nothing yet gives nothing.
    """
    if following is None:
        paths = {path: None for pattern in patterns for path in _matches(pattern, folder)}
        return [stream for path in sorted(paths) for stream in _members(path)]
    there = {path for pattern in patterns for path in there_now(pattern, folder)} - following.left
    return [_as_followed(one, following) for path in sorted(there) for one in _members(path)]


def there_now(pattern: str, folder: Path) -> list[Path]:
    """The files that a path or glob names at this moment; none when there are none."""
    exact = folder / pattern
    try:
        return [one for one in ([exact] if exact.exists() else _globbed(pattern, folder)) if one.is_file()]
    except (OSError, ValueError) as error:
        raise _unreadable(str(exact), error, 0) from None


def _plain_from(file: Peekable, begin: int) -> Iterator[bytes]:
    cast("IO[bytes]", file).seek(begin)
    while block := file.read(BLOCK):
        yield block


def _as_followed(stream: Input, following: Following) -> Input:
    until = following.ends.get(stream.path)
    return stream if until is None or not stream.is_plain else Input(stream.path, None, until)


def _matches(pattern: str, folder: Path) -> list[Path]:
    exact = folder / pattern
    try:
        # A name may itself hold the signs of a glob.
        found = [exact] if exact.exists() else _globbed(pattern, folder)
        files = [path for path in found if not path.is_dir()]
    except (OSError, ValueError) as error:
        raise _unreadable(str(exact), error, 0) from None
    if not found:
        raise InputError(
            _("Nothing is at '{pattern}'."),
            do=_("Check the path."),
            where=exact,
            code="no_file",
            pattern=pattern,
        )
    if not files:
        raise InputError(
            _("This is a folder, not a file."),
            do=_("Name its files: '{pattern}/*'."),
            where=found[0],
            code="folder",
            pattern=pattern,
        )
    return files


def _globbed(pattern: str, folder: Path) -> list[Path]:
    return sorted(folder / name for name in glob.glob(pattern, root_dir=folder, recursive=True))  # noqa: PTH207  # absolute patterns too


def _members(path: Path) -> Iterator[Input]:
    try:
        if not path.is_file() and path.exists():
            raise InputError(
                _("This is no plain file."),
                do=_("Copy its content to a file."),
                where=path,
                code="not_a_file",
            )
        with path.open("rb") as file:
            kind = kind_of(file.peek(HEAD)[:HEAD])
            if kind is None:
                refuse_prepended(path, tail_of(file))
        if kind != "zip":
            yield Input(path)
            return
        infos = zip_members(path)
    except (OSError, *_ZIP_ERRORS) as error:
        raise _unreadable(str(path), error, 0) from None
    _check_archive(path, infos)
    yield from (Input(path, name) for name in sorted(info.filename for info in infos))


def _check_archive(path: Path, infos: list[zipfile.ZipInfo]) -> None:
    if not infos:
        raise InputError(
            _("This archive is empty."), do=_("Take it out of `paths`."), where=path, code="empty_archive"
        )
    if len(infos) > MEMBERS:
        raise InputError(
            _("This archive has {n} members."),
            do=_("Unpack it first."),
            where=path,
            code="archive_bomb",
            n=len(infos),
        )
    if len({info.filename for info in infos}) < len(infos):
        raise InputError(
            _("Two members of this archive have the same name."),
            do=_("Unpack it, and give each its own name."),
            where=path,
            code="same_member",
        )
    _refuse_bomb(sum(info.file_size for info in infos), path.stat().st_size, str(path))


def _refuse_bomb(given: int, size: int, label: str) -> None:
    if given > BOMB_FLOOR and given > BOMB_RATIO * size:
        raise InputError(
            _("This archive swells as only an archive bomb does."),
            do=_("Do not open it; ask for it again from its source."),
            where=label,
            code="archive_bomb",
        )


def _unreadable(label: str, error: Exception, given: int) -> InputError:
    why = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    return InputError(
        _("This file cannot be read to its end (after {given} bytes): {why}."),
        do=_("Check that you may read it, copy it again from its source, or take it out of `paths`."),
        where=label,
        code="unreadable",
        given=given,
        why=why,
    )
