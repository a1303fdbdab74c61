# SPDX-License-Identifier: Apache-2.0
"""The case journal: who did what, when, on what basis; each entry holds the hash of the one before."""

from tocsin.journal.chain import Entry, Journal
from tocsin.journal.check import check_journal

__all__ = ["Entry", "Journal", "check_journal"]
