# SPDX-License-Identifier: Apache-2.0
"""A notice's document cut into headings, lists and paragraphs: one reading for the page and for paper."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that stand together: one of a heading, one or more of a paragraph, one per item of a list."""

    kind: Literal["heading", "paragraph", "list"]
    lines: tuple[str, ...]


def parts_of(blocks: Sequence[Block]) -> tuple[Sequence[Block], ...]:
    """A notice in four: what comes before the first heading, what to do, the rest, how to have it checked."""
    heads = [at for at, block in enumerate(blocks) if block.kind == "heading"]
    if len(heads) < 3:
        return blocks, (), (), ()
    first, second, last = heads[0], heads[1], heads[-1]
    return blocks[:first], blocks[first:second], blocks[second:last], blocks[last:]


def blocks_of(document: str) -> Iterator[Block]:
    """In their order. `# ` begins a heading, `- ` an item; an empty line ends what stands together."""
    for part in re.split(r"\n{2,}", document.strip()):
        lines = part.split("\n")
        if lines[0].startswith("# "):
            yield Block("heading", (lines[0][2:],))
            lines = lines[1:]
        told = tuple(line for line in lines if line and not line.startswith("- "))
        items = tuple(line[2:] for line in lines if line.startswith("- "))
        if told:
            yield Block("paragraph", told)
        if items:
            yield Block("list", items)
