# SPDX-License-Identifier: Apache-2.0
"""Records that nobody had opened for a year, opened in number on one day."""

from __future__ import annotations

from tocsin.core.words import _
from tocsin.detect.detectors.rule import Rule
from tocsin.store.case import Case


class OldRecords(Rule):
    """Needs the date of records; never enough alone: archives are cleared at times."""

    name = "old_records"
    query = "old_records"
    sentence = _(
        "{old} of {opened} records opened in one day were over a year old and had not been opened for a year."
    )
    values = ("old", "opened")

    def can_see(self, case: Case) -> bool:
        """Whether some [[records]] say when they were made."""
        return any({"at", "created"} & set(records.columns) for records in case.settings.records)
