# SPDX-License-Identifier: Apache-2.0
"""The files that a source's paths name today, and how the case names them; a missing file is no error."""

from __future__ import annotations

import glob
from pathlib import Path

from tocsin.core.settings import SourceSettings
from tocsin.store.case import Case


def files_of(source: SourceSettings, folder: Path) -> list[Path]:
    """Plain files, in order of path; folders, sockets and the like are left out."""
    found = {path for pattern in source.paths for path in _matches(pattern, folder)}
    return sorted(path for path in found if path.is_file())


def shown(case: Case, path: Path) -> str:
    """As evidence and tables write it: relative to the case where it can be."""
    return path.relative_to(case.folder).as_posix() if path.is_relative_to(case.folder) else str(path)


def _matches(pattern: str, folder: Path) -> list[Path]:
    exact = folder / pattern
    try:
        if exact.exists():  # a name may itself hold the signs of a glob
            return [exact]
        return [folder / name for name in glob.glob(pattern, root_dir=folder, recursive=True)]  # noqa: PTH207
    except (OSError, ValueError):
        return []
