# SPDX-License-Identifier: Apache-2.0
"""Two registries may give one number to two persons: the split keeps them apart."""

from __future__ import annotations

import pyarrow as pa

from tocsin.store.engine import Engine
from tocsin.store.query import load_query

BOUNDS = {"least": 0.05, "likely": 0.5, "threshold": None, "decision": None, "why": None}


def test_one_number_in_two_registries_is_two_persons() -> None:
    seen = {"session_id": ["s1", "s2", "s2"], "registry": ["a", "b", None], "person": ["P1", "P1", "P1"]}
    said = {"session_id": ["s1", "s2"], "p": [0.9, 0.01], "label": ["likely", "excluded"]}
    with Engine(memory="256MiB", threads=1) as engine:
        engine.register("session_people", pa.table(seen))
        engine.register("told_sessions", pa.table(said))
        rows = engine.rows(load_query("tocsin.detect.split", "split_persons"), **BOUNDS)
    told = {row[0]: (row[1], row[3], row[6]) for row in rows}
    assert told == {
        "a": ("P1", "likely", None),
        "b": ("P1", "excluded", "excluded"),
        None: ("P1", "excluded", "excluded"),
    }
