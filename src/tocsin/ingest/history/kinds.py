# SPDX-License-Identifier: Apache-2.0
"""What the files of a [[history]] are, when it does not say: messages, audit rows, or copies."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.core.settings.inputs import HistorySettings
from tocsin.ingest.care.kinds import is_messages
from tocsin.ingest.history.backups import is_backup
from tocsin.ingest.read.inputs import Input


def kind_of_history(history: HistorySettings, inputs: Sequence[Input]) -> str:
    """`hl7v2`, `audit` or `copies`."""
    if history.format is not None:
        return history.format
    if {"old", "new"} & set(history.columns):
        return "audit"
    first = inputs[0]
    return "hl7v2" if not is_backup(first) and is_messages(first) else "copies"
