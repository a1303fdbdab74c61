# SPDX-License-Identifier: Apache-2.0
"""A tagger of names for tests, found by its entry point as a third party's is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import metadata

import pytest

from tocsin.scope.profiles.possible import GROUP
from tocsin.scope.profiles.taggers.interface import Tagger


class Fake(Tagger):
    """Takes two words in capitals, side by side, for a name."""

    name = "fake"
    recall = 0.5
    precision = 0.25
    asked: list[str] = []

    def open(self) -> None:
        """Forget what was asked before."""
        Fake.asked = []

    def names_in(self, texts: Sequence[str]) -> list[list[str]]:
        """Note what is asked, too."""
        Fake.asked += texts
        return [re.findall(r"\b[A-Z]\w+ [A-Z]\w+", text) for text in texts]


def install_fake(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register it beside those that are installed."""
    installed = metadata.entry_points

    def with_ours(*, group: str) -> Sequence[metadata.EntryPoint]:
        ours = metadata.EntryPoint("fake", f"{__name__}:Fake", GROUP)
        return [*installed(group=group), *([ours] if group == GROUP else [])]

    monkeypatch.setattr("tocsin.core.plugins.entry_points", with_ours)
