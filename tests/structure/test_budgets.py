# SPDX-License-Identifier: Apache-2.0
"""Small files, small functions: what one page holds can be checked by a reader."""

from __future__ import annotations

import ast
import statistics

from tests.structure.source import python_files, shown, tree_of


def file_sizes() -> dict[str, int]:
    """Lines of each source file."""
    return {shown(p): len(p.read_text("utf-8").splitlines()) for p in python_files("src")}


def function_sizes() -> dict[str, int]:
    """Lines of each function, its docstring not counted: words for the reader are not what makes it long."""
    sizes = {}
    for path in python_files("src"):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                sizes[f"{shown(path)}:{node.lineno} {node.name}"] = lines - _docstring_lines(node)
    return sizes


def _docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    if ast.get_docstring(node, clean=False) is None:
        return 0
    return (node.body[0].end_lineno or 0) - node.body[0].lineno + 1


def over(sizes: dict[str, int], limit: int) -> dict[str, int]:
    return {name: lines for name, lines in sizes.items() if lines > limit}


def test_files_stay_within_their_budget() -> None:
    sizes = file_sizes()
    assert not over(sizes, 600)
    assert len(over(sizes, 350)) <= len(sizes) * 0.05, over(sizes, 350)
    assert statistics.median(sizes.values()) <= 130


def test_functions_stay_within_their_budget() -> None:
    sizes = function_sizes()
    assert not over(sizes, 80)
    assert len(over(sizes, 40)) <= len(sizes) * 0.05, over(sizes, 40)
    assert statistics.median(sizes.values()) <= 9
