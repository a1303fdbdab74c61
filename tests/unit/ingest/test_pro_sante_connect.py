# SPDX-License-Identifier: Apache-2.0
"""The mapping on the how-to page is the one that is tested."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "how-to" / "read-pro-sante-connect.md"
MAPPING = ROOT / "tests" / "samples" / "mapped" / "pro-sante-connect.toml"


def test_page_shows_the_mapping_that_is_tested() -> None:
    shown = PAGE.read_text("utf-8").split("```toml\n")[1].split("```")[0]
    assert MAPPING.read_text("utf-8").startswith(shown)
