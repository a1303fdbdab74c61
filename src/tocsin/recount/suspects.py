# SPDX-License-Identifier: Apache-2.0
"""The product's tables of suspects and sessions, as rows for a recount.

They hold what people decided and what detection proposed: verdicts are an input of a recount,
never something that it recounts.
"""

from __future__ import annotations

from pathlib import Path

from tocsin.recount.registries import read_parquet
from tocsin.recount.values import Table


def read_table(case_folder: Path, name: str) -> list[Table] | None:
    """Rows of `tables/<name>.parquet` or of the parts under `tables/<name>/`; None when there is neither."""
    alone = case_folder / "tables" / f"{name}.parquet"
    parts = [alone] if alone.is_file() else sorted((case_folder / "tables" / name).rglob("*.parquet"))
    if not parts:
        return None
    return [row for part in parts for row in read_parquet(part.read_bytes())]
