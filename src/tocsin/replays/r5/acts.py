# SPDX-License-Identifier: Apache-2.0
"""One act at the gateway as a row of numbers: what will become one line of its log.

Small enough that a day of a million acts is sorted in memory; words come only when lines are written.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tocsin.replays.chance import Chance, Flags, Ints
from tocsin.replays.households import NOBODY
from tocsin.replays.r5.actors import NO_ONE

Acts = npt.NDArray[np.void]
"""Rows of ACT."""

ACT = np.dtype(
    [
        ("at", np.int64),  # milliseconds since 1970, UTC
        ("number", np.int64),  # in the path; -1 for none
        ("actor", np.int64),  # number of the account
        ("listed", np.int64),  # row of the holder whose family a list names; NOBODY for none
        ("session", np.uint64),  # 0 for none
        ("request", np.uint64),
        ("address", np.int32),
        ("items", np.int32),  # -1 for none
        ("operation", np.uint8),
        ("path", np.uint8),
        ("reply", np.uint8),
        ("kind", np.uint8),  # of actor
        ("app", np.uint8),
        ("agent", np.uint8),
    ]
)

OPERATIONS = (
    "LOGIN", "LOGIN_KO", "LOGOUT", "SIGNUP", "GET", "LIST", "SEARCH", "POST", "PUT",
)  # fmt: skip
LOGIN, LOGIN_KO, LOGOUT, SIGNUP, GET, LIST, SEARCH, POST, PUT = range(len(OPERATIONS))

PATHS = (
    ("/v1/sessions", ""),
    ("/v1/accounts", ""),
    ("/patient-view/appointments", ""),
    ("/patient-view/appointments/", ""),
    ("/practice-view/appointments/", ""),
    ("/practice-view/appointments/", "/reason"),
    ("/practice-view/appointments/", "/documents"),
    ("/practice-view/agendas/", "/day"),
    ("/v1/appointments/", ""),
    ("/v1/appointments/", "/card"),
    ("/v1/changes/", ""),
    ("/availabilities/", ""),
)
"""What stands before and after the number."""

(
    SESSIONS, ACCOUNTS, OWN_LIST, PATIENT_VIEW, PRACTICE_VIEW, REASON, DOCUMENTS, AGENDA,
    SOFTWARE_VIEW, CARD, CHANGES, AVAILABILITIES,
) = range(len(PATHS))  # fmt: skip

REPLIES = (
    (200, "ok"), (201, "ok"), (401, "denied"), (403, "denied"), (404, "missing"), (503, "error"),
    (504, "timeout"),
)  # fmt: skip
"""HTTP status and the gateway's own word; a timeout tells nothing of what happened."""

OK, CREATED, UNKNOWN_USER, REFUSED, MISSING, DOWN, TIMEOUT = range(len(REPLIES))


def acts(chance: Chance, stream: str, at: Ints, index: Ints) -> Acts:
    """Begin acts at these instants, each with a request id of its own, by nobody."""
    made = np.zeros(len(at), dtype=ACT)
    made["at"] = at
    made["request"] = chance.bits(f"request {stream}", index)
    made["number"] = -1
    made["items"] = -1
    made["listed"] = NOBODY
    made["kind"] = NO_ONE
    return made


def retried(chance: Chance, sent: Acts, which: Flags, first_reply: int) -> Acts:
    """Send some acts again under the same request id; the first attempt gets another reply."""
    again = sent[which].copy()
    again["at"] += 1_500 + chance.below("retry", again["request"].astype(np.int64) >> 1, 1_500)
    sent["reply"][which] = first_reply
    return again
