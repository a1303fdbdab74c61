# SPDX-License-Identifier: Apache-2.0
"""The pages of the log formats: those that are descriptions, those that are classes, and their list.

What a description says of itself stands in it; what a person must know of a class, and where it was written
from, in `reference/coded_formats.toml`. Columns are those of the code, for both.
"""

from __future__ import annotations

import tomllib
from importlib import import_module
from pathlib import Path
from typing import Final

import msgspec

from docs.markdown import code, listed, table
from tocsin.ingest.described.description import Description, descriptions
from tocsin.ingest.interface import Extraction, LogFormat, ReadOptions

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"

FORMATS: Final = "tocsin.formats"
FAMILIES: Final = {
    "web": "Web servers, proxies and balancers",
    "identity": "Identity, directories and sign-on",
    "cloud": "Clouds",
    "transfer": "File transfer and shares",
    "bastion": "Bastions",
    "database": "Databases",
    "mail": "Mail",
    "health": "Health software and messages",
}


LONGEST: Final = 1200
"""Letters of an expression: what a program wrote is cut, what a person wrote is shown."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a class does not say of its format."""

    family: str
    records: str
    """How a file is cut."""

    versions: str = ""
    notes: list[str] = []
    doubts: list[str] = []
    documentation: list[str]


TOLD: Final = msgspec.convert(
    tomllib.loads((REFERENCE / "coded_formats.toml").read_text("utf-8")), dict[str, Told]
)


def formats_page(opening: str) -> str:
    """The log formats by family, then those with a page written by hand."""
    parts = [opening]
    head = ("format", "what", "proof")
    for family, title in FAMILIES.items():
        rows = [(_linked(each.name), each.title, each.proof) for each in _family(family)]
        parts += [f"\n## {title}\n\n", table(head, rows)] if rows else []
    others = [(_linked(each.name), each.title, each.proof) for each in coded() if each.name not in TOLD]
    return "".join([*parts, "\n## Audit trails of health, and your own\n\n", table(head, others)])


def _family(family: str) -> list[Description | LogFormat]:
    mine = [each for each in coded() if each.name in TOLD and TOLD[each.name].family == family]
    found: list[Description | LogFormat] = [each for each in described() if each.family == family]
    return sorted([*found, *mine], key=lambda each: str(each.name))


def coded() -> list[LogFormat]:
    """The formats that are classes, of the project's own entry points."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    found = project.get("entry-points", {}).get(FORMATS, {})
    return sorted((_load(place)() for place in found.values()), key=lambda each: str(each.name))


def described() -> list[Description]:
    """The formats that are data."""
    return [found.description for found in descriptions()]


def described_page(each: Description) -> str:
    """One format: how it is recognised, cut and read, and what its vendor leaves open."""
    times = {str(name): f"{time.of} ({time.kind})" for name, time in each.times.items()}
    parts = [
        _opening(each.name, each.title, each.versions, each.proof),
        listed("What to know", each.notes),
        listed("Doubts", each.doubts),
        _cut_section(each),
        _columns_section(times | each.columns),
        _carry_section(each),
        _sources_section(each.documentation),
    ]
    return "".join(parts)


def coded_page(each: LogFormat) -> str:
    """The same of a format that is a class."""
    told, extraction = TOLD[each.name], each.extraction(ReadOptions())
    parts = [
        _opening(each.name, each.title, told.versions, each.proof),
        listed("What to know", told.notes),
        listed("Doubts", told.doubts),
        f"\n## Records\n\n{told.records}\n" + _fates(_fates_of(extraction), dict(extraction.flags)),
        _columns_section(dict(extraction.columns)),
        _sources_section(told.documentation),
    ]
    return "".join(parts)


def _fates_of(extraction: Extraction) -> dict[str, str]:
    return {
        "broken": extraction.broken,
        "non_event": extraction.non_event,
        "set_aside": extraction.set_aside,
    }


def _opening(name: str, title: str, versions: str, proof: str) -> str:
    of = f" Versions: {versions}." if versions else ""
    return f"# `{name}`\n\n{title}.{of} Proof: {proof}.\n"


def _columns_section(columns: dict[str, str]) -> str:
    rows = ((code(name), f"`{_short(_one_line(said))}`") for name, said in sorted(columns.items()))
    return "\n## Columns\n\n" + table(("column", "from"), rows)


def _sources_section(pages: list[str]) -> str:
    return listed("Written from", [f"<{page}>" for page in pages])


def _short(said: str) -> str:
    return said if len(said) <= LONGEST else f"{said[:LONGEST]} …"


def _one_line(said: str) -> str:
    return " ".join(said.split()).replace("|", "\\|")


def _cut_section(each: Description) -> str:
    read = each.read
    zone = f" Times without a zone are read in {read.zone}, as documented." if read.zone else ""
    header = {"no": "", "maybe": " A syslog header may stand before it.", "always": " In syslog."}[
        read.syslog
    ]
    programs = f" Programs: {', '.join(map(code, read.programs))}." if read.programs else ""
    said = f"\n## Records\n\nReader: {code(read.reader)}.{header}{programs}{zone}\n"
    return said + _fates(msgspec.structs.asdict(each.fate), each.flags)


def _fates(fates: dict[str, str], flags: dict[str, str]) -> str:
    lines = [
        f"- {fate.replace('_', '-')}: `{_one_line(said)}`\n"
        for fate, said in fates.items()
        if said not in ("false", "null")
    ]
    lines += [f"- flag {code(name)}: `{_one_line(said)}`\n" for name, said in flags.items()]
    return "\n" + "".join(lines) if lines else ""


def _carry_section(each: Description) -> str:
    if not each.carry:
        return ""
    lines = [
        f"- {', '.join(map(code, one.columns))}: said by a record where `{_one_line(one.begins)}`, "
        f"for those {'before' if one.direction == 'backward' else 'behind'} it "
        f"with the same {', '.join(map(code, one.by))}.\n"
        for one in each.carry
    ]
    return "\n## Said for the whole connection\n\n" + "".join(lines)


def _linked(name: str) -> str:
    is_there = name in TOLD or name in _names() or (REFERENCE / "formats" / f"{name}.md").exists()
    return f"[{code(name)}](formats/{name}.md)" if is_there else code(name)


def _names() -> set[str]:
    return {each.name for each in described()}


def _load(place: str) -> type:
    module, _, name = place.partition(":")
    loaded: type = getattr(import_module(module), name)
    return loaded
