# SPDX-License-Identifier: Apache-2.0
"""A case after the split, made of rows: three doubtful sessions of one account, and one that is excluded."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from tests.made_case import NOON, make_case
from tocsin.store.case import Case

SETTINGS = '\n[[known]]\naccount = "dr.x"\nsplit = true\n'
PEOPLE = {"s1": ["p1", "p2", "p3"], "s2": ["p3", "p4"], "s3": ["p1", "p2"], "own": ["p9"]}
CHANCES = {"s1": 0.9, "s2": 0.4, "s3": 0.6, "own": 0.001}
CLASSES = {"s1": "likely", "s2": "possible", "s3": "possible", "own": "excluded"}


def split_case(folder: Path) -> Case:
    """Its tables as the split would have written them."""
    places = {name: number for number, name in enumerate(PEOPLE)}
    evidence = [
        {
            "session_id": name,
            "account": "dr.x",
            "is_clean": False,
            "device": f"device-{name}",
            "address": "192.0.2.7",
            "first_at": NOON + timedelta(days=place),
            "last_at": NOON + timedelta(days=place, minutes=20),
            "events": 5,
            "persons": len(PEOPLE[name]),
            "searches": 1,
            "writes": 0,
        }
        for name, place in places.items()
    ]
    sessions = [
        {
            **{
                key: row[key] for key in ("session_id", "account", "first_at", "last_at", "events", "persons")
            },
            "p": CHANCES[str(row["session_id"])],
            "class": CLASSES[str(row["session_id"])],
            "place": "new",
            "reasons": json.dumps([{"code": "place_new", "values": {}, "fr": "f", "en": "e"}]),
            "lines": [1, 2],
        }
        for row in evidence
    ]
    persons = sorted({person for seen in PEOPLE.values() for person in seen})
    return make_case(
        folder,
        settings=SETTINGS,
        session_evidence=evidence,
        split_sessions=sessions,
        session_people=[{"session_id": s, "person": p} for s, seen in PEOPLE.items() for p in seen],
        split_persons=[_person(name) for name in persons],
        files=[{"file_number": 0, "source": "portal", "path": "portal.log"}],
        events=[
            {
                "event_id": n,
                "occurred_at": NOON + timedelta(days=3 if n == 4 else 0),
                "source": "portal",
                "file_number": 0,
                "line_number": n,
                **_act(n),
            }
            for n in (1, 2, 3, 4)
        ],
        judged=[
            {"event_id": 1, "suspect_id": 1, "verdict": "illegitimate", "p": 1.0},
            {"event_id": 2, "suspect_id": 1, "verdict": "doubtful", "p": 0.9},
            {"event_id": 4, "suspect_id": 1, "verdict": "doubtful", "p": 0.9},
        ],
        accounts=[
            {"account": "dr.x", "professional_id": "10001"},
            {"account": "x.roy", "professional_id": "10001", "role": "gp", "organisation": "clinic"},
        ],
    )


def _act(number: int) -> dict[str, object]:
    return {
        "account": "dr.x",
        "action": "read" if number == 3 else "create",
        "outcome": "success",
        "record_type": "prescription",
        "record": f"rx-{number}",
        "person": "secret-patient",
    }


def _person(name: str) -> dict[str, object]:
    seen = [session for session, people in PEOPLE.items() if name in people]
    rest = 1.0
    for session in seen:
        rest *= 1 - CHANCES[session]
    label = "excluded" if seen == ["own"] else "likely" if 1 - rest >= 0.8 else "possible"
    kept = "excluded" if label == "excluded" else None
    return {"person": name, "p": 1 - rest, "class": label, "sessions": len(seen), "kept_off": kept}
