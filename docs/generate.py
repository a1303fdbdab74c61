# SPDX-License-Identifier: Apache-2.0
"""Writes the pages of docs/reference that say what the code already says, so that they cannot drift.

    python -m docs.generate            writes them
    python -m docs.generate --check    names those that differ, and exits 1

What the code does not say (the meaning of a setting, an authority's word for a category) is in the TOML
files beside the pages.
"""

from __future__ import annotations

import enum
import inspect
import re
import sys
import tomllib
import types
import typing
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from importlib import import_module
from pathlib import Path

import click
import msgspec
from click.testing import CliRunner

from docs.format_pages import TOLD, coded, coded_page, described, described_page, formats_page
from docs.markdown import code, table
from tocsin.core import errors, terms
from tocsin.core.settings import case, catalogue, mapping
from tocsin.core.tables import ALL_TABLES, DETECT_TABLES, INGEST_TABLES, LINK_TABLES, OUTSIDE_TABLES, Table
from tocsin.core.words import words
from tocsin.declare import inputs as declared
from tocsin.declare.clocks.rules import Clock, load_rules
from tocsin.declare.forms import load_forms
from tocsin.report import codes

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
MADE = "<!-- Made by docs/generate.py from the code: do not edit. -->\n\n"

TEXTS: dict[str, str] = tomllib.loads((REFERENCE / "texts.toml").read_text("utf-8"))

EDPB_CERTAINTY = {
    "taken": "exfiltrated",
    "shown": "likely, but no evidence",
    "reconstructed": "likely, but no evidence",
    "reachable": "cannot be assessed",
    "unassessable": "cannot be assessed",
    "excluded": "not exfiltrated",
}

ACTIONS = {
    "login": "signs in",
    "login_failed": "tries to sign in and is refused",
    "logout": "signs out",
    "search": "asks who or what matches",
    "read": "opens one person's or record's data",
    "list": "opens a list",
    "create": "makes a record",
    "update": "changes a record",
    "delete": "removes a record",
    "export": "makes a file of data that leaves",
    "download": "fetches a file",
    "upload": "brings a file",
    "share": "gives somebody else access",
    "admin": "changes accounts, rights or settings",
    "other": "anything else",
}

EXIT_CODES = (
    ("0", "done"),
    (
        "1",
        "done, but a person is needed: open questions, too much set aside, a falsified journal or table",
    ),
    ("2", "wrong use or input; nothing was written"),
    ("3", "the machine or Tocsin failed; nothing is lost, run again"),
    ("130", "interrupted (SIGINT)"),
    ("143", "terminated (SIGTERM)"),
)


# Tables


def tables_page() -> str:
    """Every column of every table that stages exchange."""
    return TEXTS["tables"] + "".join(_table_section(each) for each in ALL_TABLES)


def _table_section(each: Table) -> str:
    rows = ((code(c.name), code(c.type), code(c.sensitivity), c.meaning) for c in each.columns)
    return (
        f"\n## {each.name}\n\nOne row per: {each.grain}. Written by {_writer(each)}. "
        f"Key: {', '.join(map(code, each.key))}.\n\n"
        + table(("column", "type", "sensitivity", "meaning"), rows)
    )


def _writer(each: Table) -> str:
    owners = {
        "ingest": INGEST_TABLES,
        "detect": DETECT_TABLES,
        "link": LINK_TABLES,
        "match": OUTSIDE_TABLES,
    }
    return next((name for name, held in owners.items() if each in held), "scope")


# Settings

FILES = (
    ("case.toml", case.CaseSettings),
    ("catalogue.toml", catalogue.Catalogue),
    ("A mapping", mapping.Mapping),
)


def settings_page() -> str:
    """Every key of the three files that people write."""
    meanings = tomllib.loads((REFERENCE / "settings.toml").read_text("utf-8"))
    text = TEXTS["settings"]
    for title, root in FILES:
        text += f"\n## {title}\n"
        for struct in structs_of(root):
            name, about = _title(struct)
            heading = "At the top" if struct is root else name
            text += f"\n### {heading}\n\n{about}" + _struct_table(struct, meanings[struct.__name__])
    return text


def structs_of(root: type[msgspec.Struct]) -> list[type[msgspec.Struct]]:
    """A file's structs that have keys: itself first, then each where the keys before it lead to it."""
    found = [root]
    for hint in typing.get_type_hints(root).values():
        inner = (one for held in _structs_in(hint) for one in structs_of(held))
        found.extend(one for one in inner if one not in found and msgspec.structs.fields(one))
    return found


def _structs_in(hint: object) -> list[type[msgspec.Struct]]:
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return [hint]
    return [one for argument in typing.get_args(hint) for one in _structs_in(argument)]


def _struct_table(struct: type[msgspec.Struct], meanings: dict[str, str]) -> str:
    hints = typing.get_type_hints(struct)
    rows = (
        (code(f.encode_name), _type_text(hints[f.name]), _default(f), meanings[f.encode_name])
        for f in msgspec.structs.fields(struct)
    )
    return table(("key", "type", "default", "meaning"), rows)


def _title(struct: type[msgspec.Struct]) -> tuple[str, str]:
    """The table's name in the file where the docstring begins with it, else the struct's."""
    about = inspect.getdoc(struct) or ""
    found = re.match(r"(\[+\w+\]+|\w+\.toml)(?:: )?(.*)", about, re.DOTALL)
    name, rest = (found[1], found[2]) if found else (struct.__name__, about)
    return name, f"{rest[:1].upper()}{rest[1:]}\n\n" if rest else ""


def keys_of(struct: type[msgspec.Struct]) -> list[str]:
    """A struct's keys, as people write them."""
    return [field.encode_name for field in msgspec.structs.fields(struct)]


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.default is msgspec.NODEFAULT and field.default_factory is msgspec.NODEFAULT:
        return "required"
    value = field.default_factory() if field.default is msgspec.NODEFAULT else field.default
    if value in (None, "", [], {}) or isinstance(value, msgspec.Struct):
        return ""
    return code(str(value).lower() if isinstance(value, bool) else str(value))


def _type_text(hint: object) -> str:  # noqa: PLR0911  # one line a kind
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Literal:
        return " or ".join(str(a) for a in arguments)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(_type_text(a) for a in arguments if a is not type(None))
    if origin is list:
        inner = _type_text(arguments[0])
        return inner if inner.startswith("`[[") else f"list of {inner}"
    if origin is dict:
        return f"table of {_type_text(arguments[1])}"
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return code(_title(hint)[0])
    names = {str: "text", int: "integer", float: "number", bool: "boolean", object: "anything"}
    if isinstance(hint, type):
        return names.get(hint, "instant" if hint is datetime else hint.__name__)
    return "anything"


# Command line, exit codes


def cli_page() -> str:
    """Every verb's own `--help`."""
    group = import_module("tocsin.cli.main").cli
    text = "# Command line\n\nWhat each verb says with `--help`.\n"
    for names in _verbs(group, ()):
        text += f"\n## {' '.join(('tocsin', *names))}\n\n```text\n{help_of(group, names)}\n```\n"
    return text


def help_of(group: click.Command, names: tuple[str, ...]) -> str:
    """What a person sees on a terminal of a hundred columns."""
    asked = CliRunner().invoke(group, [*names, "--help"], prog_name="tocsin", terminal_width=100)
    return "\n".join(line.rstrip() for line in asked.output.strip().splitlines())


def _verbs(command: click.Command, names: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield names
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in sorted(command.list_commands(context)):
            below = command.get_command(context, name)
            if below is not None and not below.hidden:
                yield from _verbs(below, (*names, name))


def exit_codes_page() -> str:
    """Exit codes, and the errors behind them."""
    tree = _error_classes(errors.TocsinError)
    rows = (
        (code(e.code), str(e.exit_code), code(e.__name__), (inspect.getdoc(e) or "").split("\n")[0])
        for e in tree
    )
    return (
        "# Exit codes\n\n"
        + table(("code", "meaning"), iter(EXIT_CODES))
        + TEXTS["errors"]
        + table(("error code", "exit", "kind", "meaning"), rows)
    )


def _error_classes(root: type[errors.TocsinError]) -> Iterator[type[errors.TocsinError]]:
    yield root
    for below in root.__subclasses__():
        if below.__module__ == errors.__name__:
            yield from _error_classes(below)


# Vocabularies


def vocabularies_page() -> str:
    """The closed lists, with the authorities' own words."""
    return (
        "# Vocabularies\n\nClosed lists: a word that is not here is in no table and no report.\n"
        + _categories_section()
        + _certainty_section()
        + "\n## Actions\n\n"
        + table(("action", "the account…"), ((code(a), ACTIONS[a]) for a in terms.Action))
        + "".join(_enum_section(each) for each in _OTHERS)
    )


_OTHERS = (
    terms.Outcome,
    terms.Verdict,
    terms.Origin,
    terms.CountIn,
    terms.Protection,
    terms.Custody,
    terms.Grade,
    terms.Sensitivity,
    terms.NonEvent,
    terms.NothingShown,
)


def _categories_section() -> str:
    lists = tomllib.loads((REFERENCE / "categories.toml").read_text("utf-8"))
    french = words("fr")
    rows = (
        (
            code(each),
            codes.CATEGORIES[each],
            french.text(codes.CATEGORIES[each]),
            lists[each]["cnil"],
            lists[each]["edpb"],
            code(lists[each]["dpv"]),
        )
        for each in terms.Category
    )
    return TEXTS["categories"] + table(("category", "in words", "en français", "CNIL", "EDPB", "DPV"), rows)


def _certainty_section() -> str:
    rows = (
        (code(c), codes.CERTAINTY_MEANINGS[c], codes.COUNTED_IN[c], EDPB_CERTAINTY[c])
        for c in terms.Certainty
    )
    return TEXTS["certainty"] + table(("certainty", "meaning", "counted", "EDPB"), rows)


def _enum_section(each: type[enum.StrEnum]) -> str:
    title = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", each.__name__).capitalize()
    values = ", ".join(code(value) for value in each)
    return f"\n## {title}\n\n{inspect.getdoc(each)}\n\n{values}\n"


# Clocks

CLOCK_STATUS = {"in_force": "in force", "to_be_confirmed": "to be confirmed", "proposed": "a proposal"}


def clocks_page() -> str:
    """Every delay of the law that Tocsin knows, as its table has it."""
    rules = load_rules()
    return (
        TEXTS["clocks"]
        + table(
            ("clock", "duty", "en français", "starts with", "time", "to", "binds"),
            map(_clock_row, rules.clocks),
        )
        + "\n## Sources\n\n"
        + table(
            ("clock", "source", "version", "in force", "where to read it"), map(_source_row, rules.clocks)
        )
        + TEXTS["clock_anchors"]
        + table(
            ("act", "in words", "en français"), ((code(a.id), a.title.en, a.title.fr) for a in rules.anchors)
        )
        + TEXTS["clock_capacities"]
        + table(
            ("capacity", "in words", "en français"),
            ((code(c.id), c.title.en, c.title.fr) for c in rules.capacities),
        )
        + "\n"
        + table(
            ("organisation", "in words", "surely is", "surely is not"),
            ((code(o.id), o.title.en, _codes(o.yes), _codes(o.no)) for o in rules.organisations),
        )
    )


def _clock_row(each: Clock) -> tuple[str, ...]:
    binds = ", ".join(map(code, each.capacities))
    return (
        code(each.id),
        each.title.en,
        each.title.fr,
        code(each.anchor),
        _clock_time(each),
        each.to.en,
        binds,
    )


def _source_row(each: Clock) -> tuple[str, ...]:
    note = f" {each.note.en}" if each.note else ""
    period = [f"since {each.since}" if each.since else "", f"until {each.until}" if each.until else ""]
    force = ", ".join(part for part in (CLOCK_STATUS[each.status], *period) if part)
    return code(each.id), f"{each.law.en}.{note}", each.version, force, each.link


def _clock_time(each: Clock) -> str:
    units = (
        (each.hours, "hours"),
        (each.days, "days"),
        (each.working_days, "working days"),
        (each.months, "calendar month"),
    )
    found = next(
        (f"{n} {unit}" for n, unit in units if n),
        "without delay; hours as the contract says" if each.contract else "without delay",
    )
    return f"{found}, if possible" if each.target else found


def _codes(names: list[str]) -> str:
    return ", ".join(map(code, names))


def declaration_page() -> str:
    """Every field of a declaration, the forms that ask for it, and the closed lists."""
    return TEXTS["declaration"].lstrip("\n") + _fields_section() + _forms_section() + _lists_section()


def _fields_section() -> str:
    rows = (
        (
            code(row.id),
            f"{row.en}<br>{row.fr}",
            code(row.list) if row.list else row.kind,
            ", ".join(map(code, row.reads)) or "—",
            ", ".join(row.who),
        )
        for row in declared.asked()
    )
    return "## Fields\n\n" + table(("field", "title", "kind or list", "known from", "who can answer"), rows)


def _forms_section() -> str:
    rows = (
        (
            code(form.id),
            form.title["en"],
            form.law["en"],
            ", ".join(map(code, form.kinds)),
            str(len(form.groups)),
        )
        for form in load_forms().values()
    )
    return "\n## Forms\n\n" + table(("form", "title", "law", "kinds", "fields"), rows)


def _lists_section() -> str:
    parts = ["\n## Closed lists\n"]
    for name, listed in declared.lists().items():
        rows = ((code(one), said["en"], said["fr"]) for one, said in listed.items())
        parts.append(f"\n### {name}\n\n" + table(("code", "English", "French"), rows))
    return "".join(parts)


PAGES: dict[str, Callable[[], str]] = {
    "declaration.md": declaration_page,
    "clocks.md": clocks_page,
    "tables.md": tables_page,
    "settings.md": settings_page,
    "cli.md": cli_page,
    "exit-codes.md": exit_codes_page,
    "vocabularies.md": vocabularies_page,
    "formats.md": partial(formats_page, TEXTS["formats"]),
    **{f"formats/{each.name}.md": partial(described_page, each) for each in described()},
    **{f"formats/{each.name}.md": partial(coded_page, each) for each in coded() if each.name in TOLD},
}


def render(name: str) -> str:
    """One page, as it must stand in docs/reference."""
    return MADE + PAGES[name]()


def drifted() -> list[str]:
    """Pages that are not what the code says."""
    return [name for name in PAGES if _text_of(REFERENCE / name) != render(name)]


def _text_of(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


def main(arguments: list[str]) -> int:
    """Write the pages, or check them."""
    if arguments == ["--check"]:
        for name in drifted():
            sys.stderr.write(f"docs/reference/{name} has drifted: run script/docs\n")
        return 1 if drifted() else 0
    for name in PAGES:
        (REFERENCE / name).write_text(render(name), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
