# SPDX-License-Identifier: Apache-2.0
"""Identifiers in prose by Microsoft Presidio, beside the scan in the same run; names by the tagger installed.

Presidio runs with its pattern recognisers alone: e-mail, telephone of France and
IBAN; the release that was tried has none for the NIR.
"""

from __future__ import annotations

import re
import resource
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from benchmarks.names_made import make_sentences, measure
from benchmarks.scan_made import Truth
from tocsin.core.errors import InputError
from tocsin.scope.profiles.possible import load_tagger

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


def print_names(sentences: int = 3_000) -> None:
    """Recall and precision of the tagger of names that is installed, by the manner in which names stand."""
    try:
        tagger = load_tagger()
    except InputError:
        print("No tagger of names is installed: names in prose are not measured in this run.")
        return
    made = make_sentences(sentences)
    started = cpu_seconds()
    measured = measure(tagger, made)
    used = cpu_seconds() - started
    for manner, one in sorted(measured.items()):
        print(
            f"names, {tagger.name}, {manner:7} recall {one.recall:.3f}  precision {one.precision:.3f}"
            f"  ({one.stood} names, {one.told} told)"
        )
    characters = sum(len(one.text) for one in made)
    print(f"names, {tagger.name}: {characters / 1e6 / used:.3f} MB of prose a CPU second")
