# SPDX-License-Identifier: Apache-2.0
"""Why a session is held to be the thief's or the owner's, in words and figures, in both languages."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from tocsin.core.words import _
from tocsin.detect.reasons import reason_sql
from tocsin.detect.score.thieves import SENTENCES
from tocsin.detect.split.posterior import Posterior
from tocsin.detect.split.sessions import Sessions
from tocsin.detect.split.shapes import TERMS
from tocsin.store.query import literal, load_query

PACKAGE: Final = "tocsin.detect.split"
HEARD: Final = 0.5
"""A term that says less, either way, is not told."""

VOLUME: Final = "volume"

OWN: Final = {
    "first_seen": _("{k} of {n} patients had never been seen by this account; usual: {usual} of {n}."),
    "volume": _("{k} patients seen in this session; usual: {usual}."),
}
"""Terms that the split weighs in its own way: code and sentence."""

FACTS: Final = {
    "hard_answer": _("The professional answered that this session was not theirs."),
    "hard_infrastructure": _("From a device or an address that another stolen account's sessions share."),
    "hard_overlap": _("At the same time, the account was at work on another device, from another address."),
    "owner_answer": _("The professional answered that this session was theirs."),
    "place_new": _("From a device or an address that was new to this account."),
    "place_usual": _("From a device or an address that this account had used before."),
    "place_workstation": _("From a workstation that colleagues use too."),
}
"""Facts that have no figures: code and sentence."""


def usual_table(sessions: Sessions, found: Posterior) -> pa.Table:
    """As `term_facts`: session_id, term, k, n, usual, weight; of accounts to split, what says something."""
    own = ~sessions.is_clean
    parts = [
        _part(
            sessions,
            term,
            own,
            sessions.k[:, at],
            sessions.n[:, at],
            found.owner_rate[:, at] * sessions.n[:, at],
            found.terms[:, at],
        )
        for at, term in enumerate(TERMS)
    ]
    seen = sessions.persons
    parts.append(_part(sessions, VOLUME, own, seen, seen, found.owner_volume, found.volume))
    return pa.concat_tables(parts)


def _part(
    sessions: Sessions,
    term: str,
    own: np.ndarray[tuple[int], np.dtype[np.bool_]],
    k: np.ndarray[tuple[int], np.dtype[np.float64]],
    n: np.ndarray[tuple[int], np.dtype[np.float64]],
    usual: np.ndarray[tuple[int], np.dtype[np.float64]],
    weight: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> pa.Table:
    told = np.flatnonzero(own & (n > 0) & (np.abs(weight) >= HEARD))
    return pa.table(
        {
            "session_id": pa.array([sessions.ids[row] for row in told], pa.string()),
            "term": pa.array([term] * len(told), pa.string()),
            "k": k[told].astype(np.int64),
            "n": n[told].astype(np.int64),
            "usual": np.rint(usual[told]).astype(np.int64),
            "weight": np.round(weight[told], 6),
        }
    )


def said_sessions_sql() -> str:
    """`session_reasons` with its sentences: session_id and the JSON list of reasons."""
    values = {"k": "k", "n": "n", "usual": "usual"}
    cases = [
        f"when {literal(code)} then {reason_sql(code, sentence, values)}"
        for code, sentence in (SENTENCES | OWN).items()
        if code in (*TERMS, VOLUME)
    ]
    cases += [f"when {literal(code)} then {reason_sql(code, text, {})}" for code, text in FACTS.items()]
    reason = f"case code {' '.join(cases)} end"
    told = load_query(PACKAGE, "session_reasons").sql
    return (
        "select session_id, '[' || string_agg(reason, ',' order by heaviness desc, code) || ']' as reasons"
        f" from (select session_id, code, heaviness, {reason} as reason from ({told}))"
        " where reason is not null group by session_id"
    )
