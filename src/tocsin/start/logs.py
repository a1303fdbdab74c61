# SPDX-License-Identifier: Apache-2.0
"""What a folder holds: logs of known formats, tables, and files that nothing recognises.

Files of one format and one beginning of name are one source. Only the beginning of each file is read here.
"""

from __future__ import annotations

import glob
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tocsin.core.errors import InputError
from tocsin.core.words import _
from tocsin.ingest.read.inputs import find_inputs
from tocsin.ingest.recognise import ENOUGH, TIE, rank_formats, take_sample
from tocsin.ingest.register_files import DELIMITERS
from tocsin.start.kept import FILE

MOST_FILES = 20_000
LISTED_PATHS = 5
"""Beyond that many files a source is named by a glob, if one names exactly these."""

_TABLES = (".csv", ".tsv", ".parquet", ".jsonl", ".ndjson")
_SPREADSHEETS = (".xlsx", ".xls", ".ods")
_PACKED = (".gz", ".zst")


@dataclass(frozen=True, slots=True)
class Source:
    """Files that are read together."""

    name: str
    format: str
    files: list[Path]

    def paths(self) -> list[str]:
        """As case.toml names them."""
        if len(self.files) <= LISTED_PATHS:
            return [str(path) for path in self.files]
        return _globs(self.files) or [str(path) for path in self.files]


@dataclass(slots=True)
class Found:
    """What is in a folder."""

    sources: list[Source] = field(default_factory=list)
    tables: list[Path] = field(default_factory=list)
    unknown: list[Path] = field(default_factory=list)
    unreadable: list[tuple[Path, InputError]] = field(default_factory=list)


def look_at(text: str, own: Path) -> Found:
    """Say what is at a path: a folder, a file, a glob, or several of them apart by `;`.

    `own` is the case's folder, which is passed over. Raises InputError where nothing is.
    """
    found = Found()
    kinds: dict[tuple[str, str], list[Path]] = {}
    for path in _files(text, own):
        _sort_file(path, found, kinds)
    names: set[str] = set()
    for (form, stem), files in sorted(kinds.items()):
        found.sources.append(Source(_named(stem, form, names), form, sorted(files)))
    return found


def _files(text: str, own: Path) -> list[Path]:
    paths = {path: None for part in text.split(";") for path in _at(part.strip()) if part.strip()}
    kept = [path for path in paths if not path.resolve().is_relative_to(own.resolve() / "tables")]
    kept = [path for path in kept if path.name != FILE]
    if len(kept) > MOST_FILES:
        raise InputError(
            _("More than {n} files are there."),
            do=_("Name the folder that holds the logs alone."),
            where=text,
            code="too_many_files",
            n=MOST_FILES,
        )
    if not kept:
        raise InputError(
            _("There is no file there."), do=_("Check the path."), where=text.strip(), code="no_file"
        )
    return sorted(kept)


def _at(part: str) -> Iterator[Path]:
    path = Path(part.strip("\"'")).expanduser().absolute()
    if path.is_dir():
        yield from (file for file in sorted(path.rglob("*")) if _is_plain(file, path))
    elif path.exists():
        yield path
    else:
        named = sorted(glob.glob(str(path), recursive=True))  # noqa: PTH207  # absolute patterns
        yield from (Path(name) for name in named if Path(name).is_file())


def _is_plain(file: Path, under: Path) -> bool:
    is_hidden = any(part.startswith(".") for part in file.relative_to(under).parts)
    return not is_hidden and file.is_file()


def _sort_file(path: Path, found: Found, kinds: dict[tuple[str, str], list[Path]]) -> None:
    try:
        forms = {
            _format_of(stream.label, take_sample(stream)) for stream in find_inputs([str(path)], Path("/"))
        }
    except InputError as error:
        found.unreadable.append((path, error))
        return
    except OSError:
        found.unknown.append(path)
        return
    form = next(iter(forms)) if len(forms) == 1 else ""
    if form:
        kinds.setdefault((form, _stem(path)), []).append(path)
    elif _is_table(path):
        found.tables.append(path)
    else:
        found.unknown.append(path)


def _format_of(label: str, sample: object) -> str:
    """The format that is sure enough, and surer than any other; else none."""
    del label
    ranked = rank_formats(sample)  # type: ignore[arg-type]
    if not ranked or ranked[0][1].value < ENOUGH:
        return ""
    if len(ranked) > 1 and ranked[0][1].value - ranked[1][1].value < TIE:
        return ""
    return ranked[0][0].name


def _is_table(path: Path) -> bool:
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() not in _PACKED]
    if suffixes and suffixes[-1] in (*_TABLES, *_SPREADSHEETS):
        return True
    try:
        with path.open("rb") as file:
            head = file.read(4096).decode("utf-8", "replace").splitlines()[:3]
    except OSError:
        return False
    return len(head) > 1 and any(
        line_count > 1 and all(line.count(mark) == line_count for line in head[:2])
        for mark in DELIMITERS
        for line_count in [head[0].count(mark)]
    )


def is_spreadsheet(path: Path) -> bool:
    """A workbook, which must be exported before it can be read."""
    return path.suffix.lower() in _SPREADSHEETS


def _stem(path: Path) -> str:
    """The word that a file's name begins with: `portail` of portail-20251101.log.gz."""
    found = re.match(r"[^\W\d_]+(?:[-_.](?=[^\W\d_])(?!log|gz|txt|json|csv)[^\W\d_]+)*", path.name)
    return found[0].lower() if found else ""


def _named(stem: str, form: str, names: set[str]) -> str:
    base = stem or form
    name, number = base, 1
    while name in names:
        number += 1
        name = f"{base}-{number}"
    names.add(name)
    return name


def _globs(files: Iterable[Path]) -> list[str]:
    """A glob a folder that matches exactly these files; nothing when there is none."""
    wanted = set(files)
    globs = []
    for folder in sorted({path.parent for path in wanted}):
        inside = [path for path in wanted if path.parent == folder]
        prefix = _stem(inside[0])
        pattern = str(folder / f"{prefix}*") if prefix else str(folder / "*")
        if glob.escape(str(folder)) != str(folder):
            return []
        if {Path(name) for name in glob.glob(pattern)} != set(inside):  # noqa: PTH207
            return []
        globs.append(pattern)
    return globs
