# SPDX-License-Identifier: Apache-2.0
"""Tocsin itself, as a user runs it: a case folder, ingested to its commit."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.formats import Kind
from tocsin.core.errors import TocsinError
from tocsin.core.settings import load_mapping
from tocsin.ingest.interface import Cutter, ReadOptions
from tocsin.ingest.read.inputs import Input
from tocsin.ingest.recognise import known_formats, take_sample
from tocsin.ingest.run import run
from tocsin.store.case import Case

BY = "benchmark"


def make_case(folder: Path, kind: Kind, path: Path, memory: str = "4GiB") -> Path:
    """A new case with one source."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "mapping.toml").write_text(kind.mapping, "utf-8")
    mapping = 'mapping = "mapping.toml"\n' if kind.mapping else ""
    (folder / "case.toml").write_text(
        f'[case]\nid = "speed"\n\n[[sources]]\nname = "log"\npaths = ["{path}"]\nformat = "{kind.form}"\n{mapping}'
        f'\n[limits]\nmemory = "{memory}"\n',
        "utf-8",
    )
    return folder


def ingest(folder: Path) -> int:
    """Ingest the case; returns the number of records."""
    with Case(folder, by=BY) as case:
        return run(case).records


def cutter_of(kind: Kind, path: Path, folder: Path) -> Cutter:
    """The product's own block reader for that sample."""
    sample = take_sample(Input(path))
    mapping = folder / f"{kind.name}.toml"
    mapping.write_text(kind.mapping, "utf-8")
    options = ReadOptions(mapping=load_mapping(mapping) if kind.mapping else None)
    return known_formats()[kind.form].cutter(sample, options)


def is_there(kind: Kind) -> bool:
    """Whether this version reads the format."""
    try:
        return kind.form in known_formats()
    except TocsinError:
        return False
