# SPDX-License-Identifier: Apache-2.0
"""A third-party client that hardly anybody uses, by which an account reaches unknown persons."""

from __future__ import annotations

from tocsin.core.words import _
from tocsin.detect.detectors.rule import Rule


class RareClients(Rule):
    """Never enough alone: somebody is the first to use a new program."""

    name = "rare_client"
    query = "rare_clients"
    sentence = _(
        "Patients reached by a program that this account had never used: {persons};"
        " accounts that use it, in all: {accounts}."
    )
    values = ("persons", "accounts")
