# SPDX-License-Identifier: Apache-2.0
"""Letters per CPU second, side by side in one run: ours (typst), WeasyPrint, ReportLab, each with its QR code.

The same letter of some 2,300 characters and one QR code, in chunks of 250 for a printer, then one by one with
tags for its reader. ReportLab tags nothing. The rivals are needed here only: pip install weasyprint reportlab.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from tocsin.core.settings.case import CaseHead, CaseSettings
from tocsin.core.settings.notify import NoticeTexts, NotifySettings
from tocsin.notify.letter import Letter, Person, Writer
from tocsin.notify.printed.letters import paper_of
from tocsin.notify.printed.render import Press, Sheet, render_chunk, render_copy

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
CHUNK = 250
ADDRESS = "https://verifier.example.org/#" + "Aa0_" * 60
Way = Callable[[Sequence[Letter]], int]


def settings() -> CaseSettings:
    texts = NoticeTexts(
        what_happened="Le 11 juin, une personne a utilisé le compte d’un médecin sans son accord.",
        consequences="Quelqu’un peut se servir de ces informations pour vous tromper.",
        measures="Le compte a été bloqué le jour même.",
        authorities="Nous avons prévenu la CNIL et déposé plainte.",
    )
    notify = NotifySettings(
        sender="Centre hospitalier du Port", phone="02 99 00 00 00", dpo="A. Le Gall", fr=texts
    )
    return CaseSettings(case=CaseHead(id="R1"), notify=notify)


def letters(count: int) -> list[Letter]:
    writer = Writer(settings(), never=("finance.bank",), released_at=AT)
    categories = ("identity.name", "identity.birth_date", "contact.phone", "health.document")
    return [
        writer.write(
            Person(
                f"Anne Durand {number}",
                "person",
                ("Hôpital du Port",),
                categories,
                ("shown",) * 4,
                AT,
                AT,
                f"{number:016}",
            )
        )
        for number in range(count)
    ]


def ours_chunk(told: Sequence[Letter]) -> int:
    sheets = [
        Sheet(str(n), ("ANNE DURAND", "35000 RENNES"), one.document, ADDRESS) for n, one in enumerate(told)
    ]
    return len(render_chunk(paper_of(settings(), AT), sheets)[0])


def ours_one(told: Sequence[Letter]) -> int:
    paper = paper_of(settings(), AT)
    return sum(
        len(render_copy(paper, Sheet(str(n), ("ANNE DURAND", "35000 RENNES"), one.document, ADDRESS)))
        for n, one in enumerate(told)
    )


def rival(name: str) -> Way:
    """Imported where it is measured: who measures ours alone needs no other."""

    def way(told: Sequence[Letter]) -> int:
        return int(getattr(import_module("benchmarks.letter_rivals"), name)(told, ADDRESS))

    return way


WAYS: dict[str, tuple[Way, Way]] = {
    "tocsin (typst)": (ours_chunk, ours_one),
    "WeasyPrint": (rival("weasyprint_chunk"), rival("weasyprint_one")),
    "ReportLab, untagged": (rival("reportlab_pages"), rival("reportlab_one")),
}


def measure(name: str, is_chunk: bool, count: int) -> tuple[float, float, float]:
    """Letters per CPU second, peak MiB, KiB a letter; in a process of its own."""
    way = WAYS[name][0 if is_chunk else 1]
    told = letters(count)
    way(told[:2])  # the first ones load fonts
    before = resource.getrusage(resource.RUSAGE_SELF)
    size = way(told)
    after = resource.getrusage(resource.RUSAGE_SELF)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return count / spent, after.ru_maxrss / 1024, size / count / 1024


def life(count: int, folder: Path) -> str:
    """As many letters as that, in chunks, as a sending drops them: rate, and the most that any process held."""
    paper, told, begun = paper_of(settings(), AT), letters(CHUNK), time.monotonic()
    size, press = 0, Press()
    with closing(press):
        for number in range(0, count, CHUNK):
            sheets = [
                Sheet(f"{number + n}", (f"ANNE DURAND {number + n}",), one.document, f"{ADDRESS}{number + n}")
                for n, one in enumerate(told)
            ]
            content, _places = press.chunk(paper, sheets)
            (folder / f"{number:07}.pdf").write_bytes(content)
            size += len(content)
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    rate = count / (spent.ru_utime + spent.ru_stime)
    peak = max(spent.ru_maxrss, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 1024
    wall = time.monotonic() - begun
    return (
        f"{count} letters: {wall:.0f} s, {rate:.0f} a CPU second, at most {peak:.0f} MiB, {size / 1e9:.2f} GB"
    )


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="bench letters", description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=CHUNK)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--life", type=int, default=0, help="so many letters in chunks, ours alone")
    asked = parser.parse_args()
    if asked.life:
        with tempfile.TemporaryDirectory() as folder:
            print(life(asked.life, Path(folder)))
        return 0
    context = multiprocessing.get_context("spawn")
    print(f"{'way':24} {'form':14} {'letters/CPU s':>14} {'peak MiB':>9} {'KiB each':>9}")
    for name in WAYS:
        for is_chunk, form in ((True, "chunk"), (False, "one, tagged")):
            with context.Pool(1) as pool:
                found = pool.apply(measure, (name, is_chunk, asked.count if is_chunk else asked.count // 5))
            line = json.dumps([name, form, *found]) if asked.json else ""
            print(line or f"{name:24} {form:14} {found[0]:14.0f} {found[1]:9.0f} {found[2]:9.1f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
