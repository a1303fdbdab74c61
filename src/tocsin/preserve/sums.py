# SPDX-License-Identifier: Apache-2.0
"""`SHA256SUMS` beside the copies, as `sha256sum --check` reads it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

NAME = "SHA256SUMS"

_ESCAPES = (("\\", "\\\\"), ("\n", "\\n"), ("\r", "\\r"))


def write_sums(folder: Path, digests: Mapping[str, str]) -> Path:
    """Write the digests of files, by their path under the folder, beside those that stand there already."""
    path = folder / NAME
    held = {**read_sums(folder), **digests}
    lines = b"".join(_line(name, held[name]) for name in sorted(held))
    temporary = folder / f".{NAME}.part"
    with temporary.open("wb") as file:
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    return path


def read_sums(folder: Path) -> dict[str, str]:
    """Digests by path; nothing when there is no such file yet. A line that is no sum is left out."""
    path = folder / NAME
    if not path.exists():
        return {}
    found = {}
    for line in path.read_bytes().split(b"\n"):
        mark, digest, name = line[:1] == b"\\", line.lstrip(b"\\")[:64], line.lstrip(b"\\")[66:]
        if len(digest) == 64 and name:
            text = os.fsdecode(name)
            found[_unescaped(text) if mark else text] = digest.decode("ascii", "replace")
    return found


def _line(name: str, digest: str) -> bytes:
    """A name with a line end or a backslash is escaped, and the line says so, as GNU coreutils does."""
    escaped = name
    for plain, written in _ESCAPES:
        escaped = escaped.replace(plain, written)
    mark = "\\" if escaped != name else ""
    return os.fsencode(f"{mark}{digest}  {escaped}\n")


def _unescaped(name: str) -> str:
    parts = name.split("\\\\")
    return "\\".join(part.replace("\\n", "\n").replace("\\r", "\r") for part in parts)
