# SPDX-License-Identifier: Apache-2.0
"""The notification itself: new or not, its reference, whether late, who else was told, what is joined."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from tocsin.declare.facts.known import NO, YES, Known
from tocsin.declare.facts.timeline import aware_at
from tocsin.declare.ground import NO_ANSWER, NO_ENTRY, Ground, JournalFact, Missing
from tocsin.declare.inputs import Input
from tocsin.declare.records import RECEIPT
from tocsin.declare.texts import tell

DATA_AUTHORITY: Final = ("cnil", "edpb")
COMPLAINT: Final = "complaint"
OTHER_AUTHORITIES: Final = ("cert-sante", "anssi")
TERM: Final = timedelta(hours=72)
"""Art. 33(1) GDPR, hours that elapse."""


def receipts(ground: Ground, *forms: str) -> list[JournalFact]:
    """Receipts of these forms, oldest first."""
    return [entry for entry in ground.entries(RECEIPT) if entry.body.get("form") in forms]


def notification_type(ground: Ground, _: Input) -> Known:
    """A follow-up once a receipt of the authority is in the journal."""
    found = receipts(ground, *DATA_AUTHORITY)
    ground.rest_on(found[0]) if found else ground.head()
    return Known("follow_up" if found else "new")


def notification_subtype(ground: Ground, _: Input) -> Known:
    """Withdrawn when a person asked for it; else complete when nothing is left to determine."""
    ground.head()
    return Known(ground.subtype)


def previous_id(ground: Ground, _: Input) -> Known:
    """The number on the latest receipt."""
    found = receipts(ground, *DATA_AUTHORITY)
    if not found:
        raise Missing(NO_ENTRY)
    return Known(str(ground.rest_on(found[-1]).body["number"]))


def reference(ground: Ground, _: Input) -> Known:
    """The id of the case."""
    return Known(str(ground.setting("case.id")))


def late(ground: Ground, one: Input) -> Known:
    """Whether the initial notification is later than 72 hours after awareness."""
    aware = datetime.fromisoformat(str(aware_at(ground, one).value))
    found = receipts(ground, *DATA_AUTHORITY)
    notified = datetime.fromisoformat(str(ground.rest_on(found[0]).body["at"])) if found else ground.now
    return Known(YES if notified > aware + TERM else NO)


def police(ground: Ground, _: Input) -> Known:
    """Yes, once the receipt of the complaint is recorded."""
    found = receipts(ground, COMPLAINT)
    if not found:
        raise Missing(NO_ANSWER)
    ground.rest_on(found[-1])
    return Known(YES)


def other_authorities(ground: Ground, _: Input) -> Known:
    """Yes, once the receipt of another authority is recorded."""
    found = receipts(ground, *OTHER_AUTHORITIES)
    if not found:
        raise Missing(NO_ANSWER)
    ground.rest_on(found[-1])
    return Known(YES)


def which_authorities(ground: Ground, _: Input) -> Known:
    """The authorities whose receipts are recorded, with their numbers."""
    found = receipts(ground, *OTHER_AUTHORITIES)
    if not found:
        raise Missing(NO_ANSWER)
    rows = [
        {"form": e.body["form"], "number": e.body["number"], "at": e.body["at"]}
        for e in map(ground.rest_on, found)
    ]
    return Known(tell(ground, "which_authorities", rows=rows))


def attachment(ground: Ground, one: Input) -> Known:
    """The report, the journal, and the assessment of the risk once there is one."""
    if one.code == "research_report":
        ground.file("report/report.html")
    elif one.code == "risk_assessment":
        ground.assessed("score")
    else:
        ground.head()
    return Known(YES)
