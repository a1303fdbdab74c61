# SPDX-License-Identifier: Apache-2.0
"""Cases of which the test knows every request, to learn from."""

from __future__ import annotations

import json
from pathlib import Path

from tests.unit.scope.scenes import HEAD, KNOWN, RECORDS, REGISTRY, appointment, event, open_scene, person
from tocsin.core.words import words
from tocsin.learn.run import Asked, Learned, learn
from tocsin.store.case import Case

COVERED = """
[[shows]]
action = "read"
object = "/v1/patients/{person}/card"
categories = ["identity.name"]
"""


def asked_for(*paths: str, **columns: object) -> list[dict[str, object]]:
    """One event of the thief a path, a minute apart."""
    return [event(number, object=path, **columns) for number, path in enumerate(paths, start=1)]


def open_learning(
    folder: Path, events: list[dict[str, object]], *, catalogue: str = "", known: str = KNOWN
) -> Case:
    """A case with four persons, three appointments and these events, on which nothing has run."""
    return open_scene(
        folder,
        catalogue=catalogue,
        settings=HEAD + REGISTRY + RECORDS + known,
        events=events,
        registry=[person(f"P{n:03}", family_name=f"Nom{n}") for n in range(1, 5)],
        records=[appointment(f"{n}00", f"P{n:03}") for n in range(1, 4)],
    )


def learn_from(case: Case, **asked: object) -> Learned:
    """What is learned, in English."""
    return learn(case, Asked(**asked), words("en"))  # type: ignore[arg-type]


def templates_of(learned: Learned) -> dict[str | None, int]:
    """Template: its events."""
    return {one.template: one.events for one in learned.templates}


def write_json(path: Path, tree: object) -> Path:
    """The tree as a file."""
    path.write_text(json.dumps(tree), "utf-8")
    return path
