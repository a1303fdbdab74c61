# SPDX-License-Identifier: Apache-2.0
"""Finds every sentence that Tocsin says: marked by `_`, said by `.text`, `.plural` or a template's `t`, `tn`.

Only Python files that use `tocsin.core.words`, and the templates (`*.j2`), are read.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, nodes

import tocsin

SOURCE = Path(tocsin.__file__).parent

SINGULARS = {"_", "text", "t"}
PLURALS = {"plural", "tn"}

Sentence = str | tuple[str, str]


def sentences_said() -> set[Sentence]:
    """Every msgid of the sources; a pair for a singular and its plural."""
    said: set[Sentence] = set()
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "tocsin.core.words" in text or path.name == "words.py":
            said.update(_said_in_python(text))
    for path in sorted(SOURCE.rglob("*.j2")):
        said.update(_said_in_template(path.read_text(encoding="utf-8")))
    return said


def _said_in_python(text: str) -> Iterator[Sentence]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            literals = [
                arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
            ]
            yield from _sentence(name, literals)


def _said_in_template(text: str) -> Iterator[Sentence]:
    for node in Environment(autoescape=True).parse(text).find_all(nodes.Call):
        literals = [
            arg.value for arg in node.args if isinstance(arg, nodes.Const) and isinstance(arg.value, str)
        ]
        yield from _sentence(getattr(node.node, "name", ""), literals)


def _sentence(name: str, literals: list[str]) -> Iterator[Sentence]:
    if name in SINGULARS and literals:
        yield literals[0]
    if name in PLURALS and len(literals) > 1:
        yield (literals[0], literals[1])
