# SPDX-License-Identifier: Apache-2.0
"""The little Markdown that pages made from the code need: tables, code, lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def code(text: str) -> str:
    """Text in the letters of code; nothing when there is none."""
    return f"`{text}`" if text else ""


def listed(title: str, items: Sequence[str]) -> str:
    """A section with one line an item; nothing when there is none."""
    return f"\n## {title}\n\n" + "".join(f"- {item}\n" for item in items) if items else ""
