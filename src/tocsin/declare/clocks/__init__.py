# SPDX-License-Identifier: Apache-2.0
"""What the law, a contract or an insurance policy leaves in hours: rules as data, on journalled decisions.

    deadlines_of(case: Case, now: datetime, controller: str | None = None) -> list[Deadline]
    record_met(case: Case, clock: str, *, at: datetime, receipt: str, now: datetime,
               controller: str | None = None) -> Entry

`now` has a zone. `Deadline` is in `deadline.py`; its `clock` (`rules.py`) carries id, `title.fr`, `title.en`,
`to`, source and status; the ids are in clocks.toml (`gdpr-33-initial`, `gdpr-34`, `health-incident`…). A form
that was submitted calls `record_met` with its receipt: `gdpr-33-initial` met starts `gdpr-33-complementary`.
"""

from tocsin.declare.clocks.deadline import Alarm, Deadline, Holds, Met, Reached, State
from tocsin.declare.clocks.deadlines import deadlines_of
from tocsin.declare.clocks.record import record_met

__all__ = [
    "Alarm",
    "Deadline",
    "Holds",
    "Met",
    "Reached",
    "State",
    "deadlines_of",
    "record_met",
]
