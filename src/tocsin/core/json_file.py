# SPDX-License-Identifier: Apache-2.0
"""JSON that somebody else wrote: of bounded size and depth, refused in one sentence, never a traceback.

What it holds is any tree of dicts, lists, texts and numbers; `leaves` walks it without recursion.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tocsin.core.errors import InputError, Where
from tocsin.core.words import _

MOST_BYTES: Final = 64 << 20
DEEPEST: Final = 100

Tree = None | bool | int | float | str | list["Tree"] | dict[str, "Tree"]


def read_text(path: Path, *, most_bytes: int = MOST_BYTES) -> str:
    """The whole file as text; raises InputError when it is missing, too large or not UTF-8."""
    try:
        if path.is_dir():
            raise InputError(_("This is a folder, not a file."), do=_("Check the path."), where=path)
        with path.open("rb") as file:
            content = file.read(most_bytes + 1)
    except FileNotFoundError:
        raise InputError(
            _("There is no such file."), do=_("Check the path."), where=path, code="no_file"
        ) from None
    except (OSError, ValueError):
        raise InputError(
            _("This file cannot be opened."), do=_("Check its rights."), where=path, code="unreadable"
        ) from None
    if len(content) > most_bytes:
        raise InputError(
            _("This file is larger than {most} MiB."),
            do=_("Cut it into smaller ones."),
            where=path,
            code="too_large",
            most=most_bytes >> 20,
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(
            _("This file is not UTF-8 text."), do=_("Save it as UTF-8."), where=path, code="not_utf8"
        ) from None


def read_json(path: Path, *, most_bytes: int = MOST_BYTES) -> Tree:
    """The file's one value. Raises InputError as `read_text`, and for what is no JSON or too deep."""
    return parse_json(read_text(path, most_bytes=most_bytes), path)


def parse_json(text: str, path: Path) -> Tree:
    """The one value of a text; `path` is where errors say it stood."""
    try:
        tree: Tree = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(
            _("This is not JSON."),
            do=_("Export it again, or cut away what stands around it."),
            where=Where(str(path), error.lineno, error.colno),
            code="broken_json",
        ) from None
    except (RecursionError, ValueError):
        raise _too_deep(path) from None
    if _depth_exceeds(tree, DEEPEST):
        raise _too_deep(path)
    return tree


def leaves(tree: Tree) -> Iterator[tuple[tuple[str, ...], Tree]]:
    """Each value that is neither dict nor list, with the keys that lead to it; elements of lists as `[]`."""
    waiting: list[tuple[tuple[str, ...], Tree]] = [((), tree)]
    while waiting:
        at, value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(((*at, key), inner) for key, inner in reversed(value.items()))
        elif isinstance(value, list):
            waiting.extend(((*at, "[]"), inner) for inner in reversed(value))
        else:
            yield at, value


def dict_of(tree: Tree) -> dict[str, Tree]:
    """The dict, or an empty one for anything else."""
    return tree if isinstance(tree, dict) else {}


def list_of(tree: Tree) -> list[Tree]:
    """The list, or an empty one for anything else."""
    return tree if isinstance(tree, list) else []


def text_of(tree: Tree) -> str | None:
    """The text, or None for anything else and for an empty one."""
    return tree if isinstance(tree, str) and tree else None


def _depth_exceeds(tree: Tree, most: int) -> bool:
    level: list[Tree] = [tree]
    for _depth in range(most):
        level = [inner for value in level for inner in _inside(value)]
        if not level:
            return False
    return True


def _inside(value: Tree) -> list[Tree]:
    """The dicts and lists directly within."""
    if isinstance(value, dict):
        return [inner for inner in value.values() if isinstance(inner, dict | list)]
    if isinstance(value, list):
        return [inner for inner in value if isinstance(inner, dict | list)]
    return []


def _too_deep(path: Path) -> InputError:
    return InputError(
        _("This JSON is too deep, or a number in it too long."),
        do=_("Check that it is the file you meant."),
        where=path,
        code="too_deep",
    )
