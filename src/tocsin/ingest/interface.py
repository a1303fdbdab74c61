# SPDX-License-Identifier: Apache-2.0
"""What a log format offers: how its files are cut into records, and what each record says.

A format is data first: it names a cutter and gives SQL expressions, and one DuckDB statement per chunk
does the work. A format never drops a record: each becomes an event, is set aside with a reason, or is
declared a non-event with a reason.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import pyarrow as pa

from tocsin.core import settings
from tocsin.core.errors import Sentence
from tocsin.core.words import _
from tocsin.ingest.read.spellings import FreeValues
from tocsin.store.engine import Engine

RECORDS = pa.schema(
    [
        pa.field("record", pa.string_view()),
        pa.field("byte_offset", pa.int64()),
        pa.field("line_number", pa.int64()),
        pa.field("item", pa.int64()),
        pa.field("mark", pa.string()),
    ]
)
"""What a cutter gives: the record's text (valid UTF-8, without its line end), where it begins in the
decompressed stream (bytes from 0, lines from 1), its index in a container whose offset it shares, and a
mark: null, or why the cutter doubts it (`Mark`)."""


def as_records(texts: list[str]) -> pa.Table:
    """Texts as RECORDS; offset and line number are their place."""
    count = len(texts)
    numbers = pa.array(range(count), pa.int64())
    return pa.table(
        {
            "record": pa.array(texts, pa.string_view()),
            "byte_offset": numbers,
            "line_number": numbers,
            "item": pa.array([0] * count, pa.int64()),
            "mark": pa.nulls(count, pa.string()),
        },
        schema=RECORDS,
    )


KEY_TWICE = "key_twice"
"""Why a record is set aside whose JSON has a key twice in an object that is read: nothing is said of it."""


class Mark(StrEnum):
    """What a cutter has to say of a record."""

    BAD_ENCODING = "bad_encoding"
    """Bytes that are not UTF-8 are written `\\xNN`; the record is read all the same and flagged."""

    BROKEN = "broken"
    """From here on the document cannot be cut: set aside."""

    NOT_AUDIT_RESOURCE = "not_audit_resource"
    """A resource beside the audit events: a non-event."""

    DTD = "dtd"
    """XML that declares a document type or entities: nothing is expanded, its format sets it aside."""

    TOO_LONG = "too_long"
    """Longer than any record may be; its first bytes are here: set aside."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The beginning of a file, decompressed."""

    path: str
    head: bytes
    """64 KiB at most."""

    whole: bool
    """The head is the whole file."""

    @property
    def text(self) -> str:
        """The head as text; what is not UTF-8 is replaced."""
        return self.head.decode("utf-8-sig", "replace")

    @property
    def lines(self) -> list[str]:
        """Its whole lines that are not blank."""
        lines = self.text.split("\n")
        return [line.rstrip("\r") for line in (lines if self.whole else lines[:-1]) if line.strip()]


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure a format is that a file is its own."""

    value: float
    """0: not mine; from 0.5: probably; 1: cannot be anything else."""

    reason: Sentence
    """For people."""


NOT_MINE = Confidence(0.0, Sentence("", {}))

NEXT_PAGE = Sentence(_("This page says that there is a next one: is that in another file?"), {})


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the user said about a source."""

    zone: str | None = None
    """IANA zone for times that carry none; holds over the mapping's."""

    mapping: settings.Mapping | None = None

    header: tuple[str, ...] = ()
    """Names of the columns, for formats whose files begin with them."""

    before: datetime | None = None
    """A time that carries no year is the latest such time before this instant."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """One record's way to an event, as SQL over `parsed`."""

    parsed: str
    """A SELECT over `records` that keeps its columns and adds what the expressions below use."""

    columns: Mapping[str, str]
    """Event column: expression. Columns not named are null. `occurred_at` and `recorded_at` are
    TIMESTAMPTZ (see `times.instant_sql`); `outcome` and `action` hold words of the vocabularies."""

    hopeful: str | None = None
    """The same SELECT in a shorter way, which may fail on a broken record: `parsed` is run in its place."""

    broken: str = "false"
    """True where the record is not of this format: set aside as `broken`."""

    set_aside: str = "null"
    """A reason of the format's own, or null."""

    non_event: str = "null"
    """A reason of `NonEvent`, or null. Blank lines are seen to by the caller."""

    zoneless: str = "false"
    """True where the time carries no zone and none was given: set aside as `no_zone`."""

    flags: tuple[tuple[str, str], ...] = field(default_factory=tuple)
    """(flag, condition) pairs."""

    salvage: Callable[[str], str | None] | None = None
    """Rewrites a broken record so that only what was read WHOLE before the break remains (a value cut by the
    break is gone); the same expressions then read it. None when nothing can be said of it."""

    learn: Callable[[Engine, Extraction, Sequence[str]], Extraction] | None = None
    """From some of a file's records (their texts), an extraction that says the same faster."""

    is_learnt: bool = False
    """The texts above hold what records say: no error may show them."""

    local: LocalReading | None = None
    """For a zone whose clocks change; made by the caller, never by a format."""


@dataclass(frozen=True, slots=True)
class LocalReading:
    """The same records read otherwise, to tell a local time that came twice, or never, from any other."""

    zone: str
    """The IANA zone given for times that carry none."""

    without_zone: Extraction
    """Sets aside as `no_zone` what carries no zone."""

    as_utc: Extraction
    """Gives the local time itself, as if it were UTC."""


@dataclass(frozen=True, slots=True)
class Carry:
    """What one record says for others of the same connection: a login names the account, the rest do not."""

    columns: tuple[str, ...]
    """Event columns that are filled where they are absent."""

    by: tuple[str, ...]
    """Event columns, or `detail:` and a JSON path in it, that together name the connection; where one is
    absent, nothing is carried."""

    begins: str
    """SQL over event columns: the records that say it."""

    ends: str = "false"
    """SQL over event columns: the records behind which it holds no longer (they still have it)."""

    is_backward: bool = False
    """A later record says it of those before it."""


class Cutter(ABC):
    """Cuts a decompressed stream into records."""

    complete_bytes: int = 0
    """After the last batch: up to where records are whole. A grown file is continued from there."""

    complete_lines: int = 0
    """Line ends before `complete_bytes`."""

    continues: bool = False
    """Whether a grown file can be continued (else it is read anew from its beginning)."""

    @abstractmethod
    def cut(
        self, blocks: Iterator[bytes], start_byte: int = 0, start_line: int = 0
    ) -> Iterator[pa.RecordBatch]:
        """Batches of RECORDS, some MiB each, in order; memory does not grow with the stream."""


class LogFormat(ABC):
    """One format."""

    name: str
    """Stable, lower case; written in `files` and asked for by `format =`."""

    title: str
    """For people, English."""

    proof: str = "from documentation"
    """`seen live` when a test reads what the real program wrote."""

    is_text: bool = True
    """False where a record's text is not its bytes, but what was made of them (EVTX)."""

    free: FreeValues | None = None
    """Values of its records that may differ while the records mean the same."""

    @abstractmethod
    def sniff(self, sample: Sample) -> Confidence:
        """How sure it is, from the content alone."""

    @abstractmethod
    def cutter(self, sample: Sample, options: ReadOptions) -> Cutter:
        """A new cutter for a file that begins with this sample."""

    def header(self, sample: Sample, options: ReadOptions) -> tuple[str, ...]:
        """Names of the columns that the file's own header gives; most formats have none."""
        del sample, options
        return ()

    @abstractmethod
    def extraction(self, options: ReadOptions) -> Extraction:
        """What a record says. Raises InputError when the options do not suit the format."""

    def convert(self, records: pa.Table) -> pa.Table:
        """Add a `content` column that the extraction reads in place of `record` (XML as JSON, say)."""
        return records

    def warnings(self, sample: Sample) -> list[tuple[str, Sentence]]:
        """(code, sentence) that a person should know of this file: a Bundle that has a next page, say."""
        del sample
        return []

    def carries(self) -> tuple[Carry, ...]:
        """What is filled in once a source's records stand side by side, in this order."""
        return ()
