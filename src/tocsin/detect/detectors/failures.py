# SPDX-License-Identifier: Apache-2.0
"""An account entered after many failed sign-ins: its own, or those of an address that tried many accounts."""

from __future__ import annotations

from tocsin.core.words import _
from tocsin.detect.detectors.rule import Rule


class Failures(Rule):
    """Never enough alone: an address accuses nobody."""

    name = "failures"
    query = "failures"
    sentence = _("{failures} failed sign-ins on {accounts} account(s) came before this one was entered.")
    values = ("failures", "accounts")
