# SPDX-License-Identifier: Apache-2.0
"""Searches that go up the alphabet, the dates of birth or the numbers."""

from __future__ import annotations

from tocsin.core.words import _
from tocsin.detect.detectors.rule import Rule


class Sweeps(Rule):
    """Never enough alone: lists are worked through in order too."""

    name = "sweep"
    query = "sweeps"
    sentence = _("{rising} of {steps} searches of one session follow one another in order.")
    values = ("rising", "steps")
