# SPDX-License-Identifier: Apache-2.0
"""An account entered after many failed sign-ins: its own, or those of an address that tried many accounts."""

from __future__ import annotations

from tocsin.core.words import _
from tocsin.detect.detectors.rule import Rule


class Failures(Rule):
    """Never enough alone: an address accuses nobody."""

    name = "failures"
    query = "failures"
    sentence = _(
        "Failed sign-ins came before this account was entered: {failures}; accounts tried: {accounts}."
    )
    values = ("failures", "accounts")
