# SPDX-License-Identifier: Apache-2.0
"""An account that reaches persons by a path that nobody else ever took."""

from __future__ import annotations

from tocsin.core.words import _
from tocsin.detect.detectors.rule import Rule


class LonePaths(Rule):
    """Never enough alone: somebody is the first to use a new screen."""

    name = "lone_path"
    query = "lone_paths"
    sentence = _(
        "Nobody else ever took {paths} of the paths by which this account reached {persons} patients."
    )
    values = ("paths", "persons")
