# SPDX-License-Identifier: Apache-2.0
"""Searches so broad that the names they give are what is taken."""

from __future__ import annotations

from tocsin.core.words import _
from tocsin.detect.detectors.rule import Rule


class BroadSearches(Rule):
    """The quota is measured per role, on at least twenty accounts."""

    name = "broad_search"
    query = "broad_searches"
    sentence = _("{broad} of {searches} searches of one day gave twenty names or more.")
    values = ("broad", "searches")
