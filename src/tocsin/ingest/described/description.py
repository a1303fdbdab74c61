# SPDX-License-Identifier: Apache-2.0
"""The shape of a format's description: how it is recognised, cut and read, and what its values mean.

A description comes with Tocsin or with a package that somebody installed, so its SQL is trusted as code is;
what a site writes itself is a mapping, which holds none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal

import msgspec

from tocsin.core.errors import MachineError
from tocsin.core.settings.frozen import Frozen
from tocsin.core.words import _

FOLDERS = "tocsin.format_folders"
"""Entry points of this group name packages whose `.toml` files are descriptions."""


class Recognise(Frozen, frozen=True, kw_only=True):
    """[recognise]: what the beginning of a file must hold. All that are given must."""

    keys: list[list[str]] = []
    """JSON: of each group, one of these dotted paths must be in a record; CSV: one of these columns."""

    equals: dict[str, list[str]] = {}
    """JSON readers: a dotted path must hold one of these values."""

    line: str | None = None
    """A regular expression found in at least half of the first lines; without it, that of a pattern."""

    begins: str | None = None
    """A regular expression that the file's first line must match."""

    header: list[str] = []
    """CSV: columns that the header must have."""

    fewest: int = 1
    """CSV without a header: cells of a row, at least."""

    unless: str | None = None
    """A regular expression: a file with a line that has it is a neighbour's."""

    surest: float = 0.95
    """Confidence when every line is as described."""


class Cut(Frozen, frozen=True, kw_only=True):
    """[read]: how the file is cut into records."""

    reader: Literal["lines", "records", "elements", "json-lines", "json-array", "csv"]
    """`records`: several lines each; `elements`: of XML; `json-array`: values, bare or in a list."""

    within: str = "Records"
    """`json-array`: the member of an object whose list holds the records, as a page of an API has it."""

    next: str | None = None
    """`json-array`: the member that tells of a next page, when it is there."""

    begins: str | None = None
    """`records`: a regular expression (RE2) of the line that a record begins with; `elements`: their name."""

    around: str = ""
    """`elements`: the name of the element that holds them."""

    syslog: Literal["no", "maybe", "always"] = "no"
    """Whether a syslog header stands before each record (RFC 3164, 5424 or as files have it)."""

    programs: list[str] = []
    """With syslog: the programs whose lines these are; lines of others are no records of this trail."""

    zone: str | None = None
    """The zone that its vendor documents for times that carry none; a source's zone holds over it."""

    delimiter: str = ","
    quote: str = '"'
    header: bool = True

    names: list[str] = []
    """CSV without a header: its columns in order; older versions write but the first of them."""

    encoding: Literal["utf-8", "latin-1", "cp1252"] = "utf-8"


class Pattern(Frozen, frozen=True, kw_only=True):
    """[[pattern]]: one kind of line, as a regular expression (RE2) whose named groups are values."""

    kind: str
    line: str


class Pairs(Frozen, frozen=True, kw_only=True):
    """[pairs]: values written as key=value in one text."""

    of: str = "message"
    """The value that holds them."""

    separator: str = " "
    equals: str = "="
    quote: str = '"'


class Request(Frozen, frozen=True, kw_only=True):
    """[request]: what every web access log says in the same way (SQL over the values)."""

    method: str
    target: str
    status: str


class Instant(Frozen, frozen=True, kw_only=True):
    """[times]: an instant, from a value."""

    of: str
    """SQL over the values: a text."""

    kind: str = "any"
    """any, iso8601, epoch_s, epoch_ms, epoch_us, clf, syslog (no year), or a strptime pattern."""


class Fate(Frozen, frozen=True, kw_only=True):
    """[fate]: SQL over the values."""

    broken: str = "false"
    non_event: str = "null"
    set_aside: str = "null"


class CarrySettings(Frozen, frozen=True, kw_only=True):
    """[[carry]]: what one record says for others of the same connection."""

    columns: list[str]
    """Event columns that are filled where they are absent."""

    by: list[str]
    """Event columns, or `detail:` and a JSON path in it (`detail:$.op`): together, the connection's name."""

    begins: str
    """SQL over event columns: the records that say it."""

    ends: str = "false"
    """SQL over event columns: the records behind which it holds no longer."""

    direction: Literal["forward", "backward"] = "forward"
    """Backward: a later record (a result) says it of those before."""


class Description(Frozen, frozen=True, kw_only=True):
    """One format."""

    name: str
    title: str
    family: Literal["web", "identity", "cloud", "transfer", "bastion", "database", "mail", "health"]
    proof: Literal["seen live", "from documentation"] = "from documentation"
    versions: str = ""
    documentation: list[str] = []
    """The vendor's pages that it was written from."""

    notes: list[str] = []
    """What a person must know to count rightly; English, for the reference page."""

    doubts: list[str] = []
    """Where the vendor's documentation is silent, contradicts itself or was found wrong."""

    like: str | None = None
    """Another description of the folder that says what the values mean: what is not said here is as there,
    but for how it is recognised, cut and where its values stand; `sql:` values come behind those of here."""

    recognise: Recognise
    read: Cut
    pattern: list[Pattern] = []
    pairs: Pairs | None = None
    values: dict[str, str | list[str]] = {}
    """Value: JSON path(s), CSV column(s) or key(s) of a pair, the first that is there; or `sql:` and an
    expression over the values that come before."""

    macros: dict[str, str] = {}
    """Expressions that values share: `{}` is the argument, `name(argument)` the use of it."""

    request: Request | None = None
    times: dict[Literal["occurred_at", "recorded_at"], Instant]
    columns: dict[str, str] = {}
    """Event column: SQL over the values."""

    detail: list[str] | str | None = None
    """Values that stay in `detail`, or SQL; absent: the whole record."""

    fate: Fate = Fate()
    flags: dict[str, str] = {}
    carry: list[CarrySettings] = []


@dataclass(frozen=True, slots=True)
class Described:
    """A description, and the query beside it: SELECT … from found, when there is one."""

    description: Description
    query: str | None


def descriptions() -> Iterator[Described]:
    """All that are installed, in order of package and name. Raises MachineError for one that is not right."""
    for entry in sorted(entry_points(group=FOLDERS), key=lambda entry: (entry.name, entry.value)):
        folder = files(entry.value)
        for path in sorted(folder.iterdir(), key=lambda path: path.name):
            if path.name.endswith(".toml"):
                yield load_description(path, folder / path.name.replace(".toml", ".sql"), folder)


def load_description(path: Traversable, query: Traversable, folder: Traversable | None = None) -> Described:
    """One description, checked. Raises MachineError: it comes with a package, not from the user."""
    try:
        found = msgspec.convert(_said(path, folder), Description)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise MachineError(
            _("The description of the log format '{name}' is not right: {why}."),
            do=_("Reinstall or uninstall the package that brought it."),
            name=path.name,
            why=str(error),
        ) from error
    return Described(found, query.read_text("utf-8") if query.is_file() else None)


_MEANING = ("times", "columns", "detail", "fate", "flags", "carry", "request")
_TABLES = ("times", "columns", "fate", "flags")


def _said(path: Traversable, folder: Traversable | None) -> dict[str, object]:
    """A description as written, with what another says in its place."""
    said: dict[str, object] = msgspec.toml.decode(path.read_bytes())
    if folder is None or not isinstance(said.get("like"), str):
        return said
    other = _said(folder / f"{said['like']}.toml", folder)
    values = {**_table(said, "values"), **_worked_out(_table(other, "values"))}
    meaning = {name: other[name] for name in _MEANING if name in other}
    tables = {name: {**_table(other, name), **_table(said, name)} for name in _TABLES}
    return {**meaning, **said, **tables, "values": values | _table(said, "values")}


def _table(said: dict[str, object], name: str) -> dict[str, object]:
    found = said.get(name, {})
    return found if isinstance(found, dict) else {}


def _worked_out(values: dict[str, object]) -> dict[str, object]:
    return {name: place for name, place in values.items() if str(place).startswith("sql:")}
