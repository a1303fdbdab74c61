# SPDX-License-Identifier: Apache-2.0
"""An account that asks for many numbers that do not exist or are refused."""

from __future__ import annotations

from tocsin.core.words import _
from tocsin.detect.detectors.rule import Rule


class MissedObjects(Rule):
    """Never enough alone: broken programs ask so too."""

    name = "missed_objects"
    query = "missed_objects"
    sentence = _("{missed} of {asked} numbers asked for in one day do not exist or are refused.")
    values = ("missed", "asked")
