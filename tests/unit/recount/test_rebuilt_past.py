# SPDX-License-Identifier: Apache-2.0
"""The recount rebuilds no past: it says so, and counts nothing wrong in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tocsin.recount.case import read_case
from tocsin.recount.errors import CannotRecount


def test_case_with_a_rebuilt_past_is_not_recounted(tmp_path: Path) -> None:
    text = '[case]\nid = "x"\n[[history]]\nname = "adt"\nof = "patients"\npaths = ["adt/*"]\n'
    (tmp_path / "case.toml").write_text(text, "utf-8")
    with pytest.raises(CannotRecount):
        read_case(tmp_path)
