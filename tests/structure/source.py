# SPDX-License-Identifier: Apache-2.0
"""The project's own files, as the tests of structure see them."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "tocsin"


@cache
def tracked_files() -> tuple[Path, ...]:
    """What is or would be committed; without git, everything but hidden and built folders."""
    asked = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if asked.returncode == 0:
        names = asked.stdout.decode().split("\0")
        return tuple(sorted(ROOT / name for name in names if name and (ROOT / name).is_file()))
    return tuple(sorted(path for path in ROOT.rglob("*") if path.is_file() and not _is_made(path)))


def _is_made(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return any(p in {"__pycache__", "dist", "build"} or (p[0] == "." and p != ".ci") for p in parts)


def python_files(*folders: str) -> list[Path]:
    """Tracked Python files under the folders of the project, or all of them."""
    roots = tuple(ROOT / folder for folder in folders) or (ROOT,)
    return [p for p in tracked_files() if p.suffix == ".py" and any(p.is_relative_to(r) for r in roots)]


@cache
def tree_of(path: Path) -> ast.Module:
    """A Python file as a tree."""
    return ast.parse(path.read_text("utf-8"), str(path))


def shown(path: Path) -> str:
    """A path as people write it."""
    return path.relative_to(ROOT).as_posix()
