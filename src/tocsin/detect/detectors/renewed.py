# SPDX-License-Identifier: Apache-2.0
"""A password, factor or device renewed just before an account reads in bulk from a new place."""

from __future__ import annotations

from tocsin.core.words import _
from tocsin.detect.detectors.rule import Rule


class Renewed(Rule):
    """Never enough alone: people do change telephones."""

    name = "renewed"
    query = "renewed"
    sentence = _(
        "A password or second factor was renewed {minutes} minutes before a new device or address"
        " reached {persons} patients new to this account."
    )
    values = ("minutes", "persons")
