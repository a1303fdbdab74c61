# SPDX-License-Identifier: Apache-2.0
"""Pages by typst: chunks without tags for a printer, or one letter as PDF/UA for the person who asks for it.

The compiler keeps in memory what it made, so that chunks are made in a process of their own, which gives way
to a new one before it has grown. The same letters give the same bytes: their only time is the release's.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from tocsin.core.errors import MachineError
from tocsin.core.extras import load_extra
from tocsin.core.words import _
from tocsin.notify.document import Block, blocks_of, parts_of

if TYPE_CHECKING:
    import typst

CHUNKS_PER_PROCESS: Final = 3
"""Measured: some 300 MiB more with each chunk of 250."""

FONTS: Final = ("Libertinus Serif",)
"""Comes with the compiler: the same pages on every machine."""

_PRINT: Final = "1.4"
_PERSONS_COPY: Final = "ua-1"


@dataclass(frozen=True, slots=True)
class Paper:
    """What all letters of a release have alike."""

    lang: str
    title: str
    sender: str
    sender_lines: tuple[str, ...]
    date: str
    reference: str
    words: dict[str, str]
    released_at: datetime
    two_sided: bool = True


@dataclass(frozen=True, slots=True)
class Sheet:
    """One letter: its number, the lines of its window, what it says, what its QR code holds."""

    reference: str
    lines: tuple[str, ...] = field(repr=False)
    document: str = field(repr=False)
    address: str = field(default="", repr=False)
    is_notice: bool = False
    """Then what to do stands in a frame, and the QR code beside how to have it checked."""


@dataclass(frozen=True, slots=True)
class Place:
    """The pages of one letter in its chunk; 1 is first."""

    reference: str
    first: int
    last: int


class Press:
    """Makes chunks; to be closed."""

    def __init__(self) -> None:
        load_extra("typst", extra="letters")
        load_extra("segno", extra="letters")
        self._pool = ProcessPoolExecutor(
            1, mp_context=get_context("spawn"), max_tasks_per_child=CHUNKS_PER_PROCESS
        )

    def chunk(self, paper: Paper, sheets: Sequence[Sheet]) -> tuple[bytes, list[Place]]:
        """One PDF 1.4 of these letters in order, and where each stands. Raises MachineError."""
        try:
            return self._pool.submit(render_chunk, paper, list(sheets)).result()
        except BrokenProcessPool:
            raise MachineError(
                _("The process that makes the letters ended."),
                do=_("Nothing was dropped: run again, with more memory."),
                code="press_broken",
            ) from None

    def close(self) -> None:
        """Let the process end."""
        self._pool.shutdown()


def render_chunk(paper: Paper, sheets: Sequence[Sheet]) -> tuple[bytes, list[Place]]:
    """One PDF of these letters, in order, and the pages of each. Raises MachineError."""
    with _told_without_text():
        compiler = _compiler(paper, sheets)
        content = _compiled(compiler, paper, _PRINT, tags=False)
        found = json.loads(compiler.query("<letter>", field="value"))
    return content, [Place(**one) for one in found]


def render_copy(paper: Paper, sheet: Sheet, proof: str = "") -> bytes:
    """One letter as tagged PDF/UA-1 (ISO 14289-1), its proof among the keywords. Raises MachineError."""
    with _told_without_text():
        compiler = _compiler(paper, [sheet], keywords=[proof] if proof else [], is_tagged=True)
        return _compiled(compiler, paper, _PERSONS_COPY, tags=True)


@contextmanager
def _told_without_text() -> Iterator[None]:
    """What the compiler complains of quotes the letter: nothing of it is passed on."""
    try:
        yield
    except (RuntimeError, ValueError) as error:
        raise MachineError(
            _("The letters could not be made ({kind})."),
            do=_("Report it; nothing was dropped."),
            code="letters_failed",
            kind=type(error).__name__,
        ) from None


def _compiled(
    compiler: typst.Compiler, paper: Paper, standard: Literal["1.4", "ua-1"], *, tags: bool
) -> bytes:
    content = compiler.compile(
        format="pdf",
        pdf_standards=[standard],
        pdf_tags=tags,
        timestamp=paper.released_at.replace(microsecond=0),
    )
    return bytes(content)  # type: ignore[arg-type]  # bytes, since no place to write to is named


def _compiler(
    paper: Paper, sheets: Sequence[Sheet], keywords: Sequence[str] = (), *, is_tagged: bool = False
) -> typst.Compiler:
    library = load_extra("typst", extra="letters")
    compiler: typst.Compiler = library.Compiler(
        _template(),
        font_paths=library.Fonts(include_system_fonts=False),
        sys_inputs={"letters": json.dumps(_told(paper, sheets, keywords, is_tagged=is_tagged))},
    )
    return compiler


def _told(
    paper: Paper, sheets: Sequence[Sheet], keywords: Sequence[str], *, is_tagged: bool
) -> dict[str, object]:
    return {
        "lang": paper.lang,
        "region": "FR" if paper.lang == "fr" else "GB",
        "fonts": FONTS,
        "title": paper.title,
        "keywords": list(keywords),
        "tagged": is_tagged,
        "sender": paper.sender,
        "sender-lines": paper.sender_lines,
        "date": paper.date,
        "reference": paper.reference,
        "two-sided": paper.two_sided,
        "words": paper.words,
        "letters": [
            {
                "reference": sheet.reference,
                "lines": sheet.lines,
                "parts": [[_told_block(block) for block in part] for part in _parts(sheet)],
                "qr": qr_code(sheet.address) if sheet.address else "",
            }
            for sheet in sheets
        ],
    }


def _parts(sheet: Sheet) -> Sequence[Sequence[Block]]:
    blocks = list(blocks_of(sheet.document))
    return parts_of(blocks) if sheet.is_notice else (blocks, (), (), ())


def _told_block(block: Block) -> dict[str, object]:
    if block.kind == "heading":
        return {"kind": "heading", "text": block.lines[0]}
    return {"kind": block.kind, "items" if block.kind == "list" else "lines": block.lines}


def qr_code(address: str) -> str:
    """As SVG (ISO/IEC 18004), with one mask for all: choosing the best of eight costs more than a letter."""
    segno = load_extra("segno", extra="letters")
    code = segno.make(address, micro=False, error="m", mask=3, boost_error=False)
    drawn = io.BytesIO()
    code.save(drawn, kind="svg", border=4, omitsize=True, xmldecl=False)
    return drawn.getvalue().decode()


def _template() -> Path:
    """A path: the compiler answers no question of a template that it was given as bytes."""
    return Path(str(files("tocsin.notify.printed").joinpath("letter.typ")))
