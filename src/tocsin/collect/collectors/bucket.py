# SPDX-License-Identifier: Apache-2.0
"""S3 and what speaks as it does: each object a file of the spool, byte for byte, in parts of bounded size.

Amazon S3 API: ListObjectsV2 (or ListObjectVersions), GetObject with Range and If-Match. A file's name tells
the object and its content (key, ETag, size), so that what stands is known again, an object listed twice is
passed over, and one that was overwritten becomes another file, which is said.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator, Mapping

import msgspec

from tocsin.collect.answers import digest, written_position
from tocsin.collect.asked import misfit, read_asked
from tocsin.collect.collectors.bucket_client import (
    BucketKeys,
    Object,
    PartReader,
    S3Client,
    listed,
    open_client,
)
from tocsin.collect.interface import Collector, Page
from tocsin.core.errors import Sentence
from tocsin.core.settings.inputs import SourceSettings
from tocsin.core.words import _

_ODD = re.compile(r"[^A-Za-z0-9._-]")

ASLEEP = ("GLACIER", "DEEP_ARCHIVE")
"""Storage classes whose objects must be restored before they can be read."""

HOW = frozenset({"secret_file", "ca_file", "timeout", "retries", "part", "region"})


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """For people: what stands is told by the files themselves."""

    object: str
    bytes: int


class Bucket(Collector):
    """A bucket."""

    kind = "s3"
    title = "S3-compatible bucket"

    def check(self, source: SourceSettings) -> None:
        """See `Collector.check`."""
        asked = read_asked(source, BucketKeys)
        if not asked.bucket or "/" in asked.bucket:
            raise misfit(source, "bucket", _("Write the name of the bucket alone."))
        if not 1 << 16 <= asked.part <= 1 << 30:
            raise misfit(source, "part", _("Write bytes, from 65536 to 1073741824."))

    def place(self, source: SourceSettings) -> str:
        """See `Collector.place`."""
        asked = read_asked(source, BucketKeys)
        return f"s3://{asked.bucket}/{asked.prefix}"

    def question(self, source: SourceSettings) -> str:
        """See `Collector.question`."""
        kept = {key: value for key, value in source.collect.items() if key not in HOW}
        return digest(msgspec.json.encode(kept, order="sorted"))

    def pages(self, source: SourceSettings, position: str | None) -> Iterator[Page]:
        """See `Collector.pages`: the files tell what stands, whatever the position."""
        asked = read_asked(source, BucketKeys)
        client = open_client(source, asked, self.around.folder)
        sizes = {} if self.around.brought is None else dict(self.around.brought.sizes())
        yield from _Listing(source.name, asked, client, sizes, position or "").pages()


class _Listing:
    """One run over a bucket."""

    def __init__(
        self, name: str, asked: BucketKeys, client: S3Client, sizes: Mapping[str, int], position: str
    ) -> None:
        self._name = name
        self._asked = asked
        self._client = client
        self._sizes = sizes
        self._keys = {file.partition("-")[0] for file in sizes}
        self._met: set[str] = set()
        self._position = position
        self._file = min(sizes, default="records.ndjson")
        self._standing = self._twice = self._asleep = self._removed = 0

    def pages(self) -> Iterator[Page]:
        """Each object that does not stand, then a page without records that tells what was passed over."""
        for one in listed(self._client, self._asked, self._name):
            if one.is_removed:
                self._removed += 1
            elif self._is_wanted(one):
                yield from self._object(one)
        notes = self._notes()
        if notes:
            yield Page(b"", self._position, 0, name=self._file, notes=notes, repeated=self._twice)

    def _is_wanted(self, one: Object) -> bool:
        is_folder = one.key.endswith("/") and one.size == 0
        if is_folder or not fnmatch.fnmatchcase(one.key, self._asked.match):
            return False
        name = file_of(one)
        if name in self._met:
            self._twice += 1
            return False
        self._met.add(name)
        if self._sizes.get(name) == one.size:
            self._standing += 1
            return False
        if one.storage in ASLEEP:
            self._asleep += 1
            return False
        return True

    def _object(self, one: Object) -> Iterator[Page]:
        name = file_of(one)
        begun = self._sizes.get(name, 0)
        notes: tuple[tuple[str, Sentence], ...] = ()
        key = name.partition("-")[0]
        if key in self._keys and name not in self._sizes:
            text = _("An object was overwritten since it was brought: its new content is a file of its own.")
            notes = (("overwritten", Sentence(text, {})),)
        self._keys.add(key)
        for part in PartReader(self._client, self._asked, self._name).parts(one, begun):
            begun += len(part)
            self._position, self._file = written_position(Position(object=name, bytes=begun)), name
            yield Page(part, self._position, int(begun == one.size), name=name, notes=notes)
            notes = ()

    def _notes(self) -> tuple[tuple[str, Sentence], ...]:
        said = (
            ("listed_twice", self._twice, _("Objects that were listed twice, and are taken once: {n}.")),
            (
                "asleep",
                self._asleep,
                _("Objects that lie in an archive and must be restored before they can be brought: {n}."),
            ),
            (
                "removed",
                self._removed,
                _("Objects that were deleted, and whose earlier versions are brought: {n}."),
            ),
        )
        return tuple((code, Sentence(text, {"n": n})) for code, n, text in said if n)


def file_of(one: Object) -> str:
    """The name of an object's file: of the key, of the content, and the key's own last part for people."""
    content = digest(one.etag.encode(), str(one.size).encode(), (one.version or "").encode())
    tail = _ODD.sub("_", one.key.rpartition("/")[2])[-60:]
    return f"{digest(one.key.encode())}-{content}~{tail}"
