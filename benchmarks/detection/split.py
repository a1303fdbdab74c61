# SPDX-License-Identifier: Apache-2.0
"""Measures the split of stolen accounts on made platforms: persons found, and how far each class can be believed.

    python -m benchmarks.detection.split --seeds 101 102 [--hard] [--accounts 1000] [--share 0.5]

The stolen accounts are held with `split = true`: which accounts they are is the other benchmark's question.
Seeds 1 to 20 are for tuning, 101 and on are reported. One line a platform; the last one is of all of them.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypedDict

import numpy as np

from benchmarks.detection import platform as made
from benchmarks.detection.platform import Platform, Size, make_platform
from benchmarks.detection.run import fill, settings_of
from benchmarks.detection.thieves import Theft
from tocsin.detect.run import run
from tocsin.detect.split.run import run as split
from tocsin.store.case import Case

CLASSES = ("confirmed", "likely", "possible", "excluded")
LEAST = 0.05

HELD_ALONE = "\n[detect]\nthreshold = 1.0\n"
"""No account is split but those held."""


DRAWS = 2000
WITHIN = 0.05
"""An error of calibration that the goal allows."""


class Calibration(TypedDict):
    """Of one class: what it announced, and what was true."""

    persons: int
    announced: float
    true: float
    error: float


class Measured(TypedDict):
    """One platform."""

    seed: int
    recall: float
    precision: float
    recall_half: float
    precision_whole_account: float
    classes: dict[str, Calibration]
    cpu_s: float


@contextmanager
def recorded() -> Iterator[set[tuple[str, str]]]:
    """Whom thieves see while a platform is made: the generator itself keeps no such list."""
    truth: set[tuple[str, str]] = set()
    stolen = made._stolen

    def recording(world: made._World, account: int, theft: Theft) -> made._Rows:
        rows = stolen(world, account, theft)
        truth.update(
            (made._login(int(a)), f"P{p}")
            for a, p, kind in zip(rows.account, rows.person, rows.kind, strict=True)
            if kind != 2
        )
        return rows

    made._stolen = recording
    try:
        yield truth
    finally:
        made._stolen = stolen


def measure(seed: int, size: Size, share: float) -> Measured:
    """One platform: recall and precision of persons at P >= .05, and each class beside its truth."""
    with recorded() as truth:
        platform = make_platform(seed, size)
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "case.toml").write_text(settings_of(platform) + HELD_ALONE + _held(platform), "utf-8")
        with Case(folder, by="bench") as case:
            fill(case, platform, share)
            run(case)
            began = time.process_time()
            split(case)
            spent = time.process_time() - began
            told = _told(case)
    exposed = {person for _account, person in truth}
    found = {person for person, (p, _class) in told.items() if p >= LEAST}
    whole = set(told)
    return {
        "seed": seed,
        "recall": _share(len(found & exposed), len(exposed)),
        "precision": _share(len(found & exposed), len(found)),
        "recall_half": _share(len({n for n, (p, _c) in told.items() if p >= 0.5} & exposed), len(exposed)),
        "precision_whole_account": _share(len(whole & exposed), len(whole)),
        "classes": {one: _calibration(told, exposed, one) for one in CLASSES},
        "cpu_s": round(spent, 1),
    }


def _held(platform: Platform) -> str:
    return "".join(f'\n[[known]]\naccount = "{name}"\nsplit = true\n' for name in sorted(platform.thefts))


def _told(case: Case) -> dict[str, tuple[float, str]]:
    with case.engine("split_persons") as engine:
        rows = engine.rows('select person, p, "class" from split_persons')
    return {str(person): (float(str(p)), str(label)) for person, p, label in rows}


def _calibration(told: dict[str, tuple[float, str]], exposed: set[str], label: str) -> Calibration:
    """Persons of a class, the mean of their P, and the share that were truly seen by a thief."""
    own = [(p, person in exposed) for person, (p, one) in told.items() if one == label]
    if not own:
        return {"persons": 0, "announced": 0.0, "true": 0.0, "error": 0.0}
    announced, true = sum(p for p, _ in own) / len(own), sum(t for _, t in own) / len(own)
    return {
        "persons": len(own),
        "announced": round(announced, 4),
        "true": round(true, 4),
        "error": round(abs(announced - true), 4),
    }


def summarise(measured: Sequence[Measured]) -> dict[str, object]:
    """Means over platforms, and each class pooled, with an interval: platforms drawn again, not persons."""
    recall, precision = [one["recall"] for one in measured], [one["precision"] for one in measured]
    return {
        "platforms": len(measured),
        "recall": _mean(recall),
        "precision": _mean(precision),
        "recall_half": _mean([one["recall_half"] for one in measured]),
        "precision_whole_account": _mean([one["precision_whole_account"] for one in measured]),
        "least_recall": min(recall),
        "least_precision": min(precision),
        "classes": {label: _pooled([one["classes"][label] for one in measured]) for label in CLASSES},
    }


def _mean(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), 4)


def _pooled(classes: Sequence[Calibration]) -> dict[str, object]:
    persons = np.array([one["persons"] for one in classes], np.float64)
    if not persons.sum():
        return {"persons": 0}
    announced = persons * [one["announced"] for one in classes]
    true = persons * [one["true"] for one in classes]
    drawn = np.random.default_rng(0).integers(0, len(classes), (DRAWS, len(classes)))
    off = (announced - true)[drawn].sum(axis=1) / np.maximum(persons[drawn].sum(axis=1), 1)
    return {
        "persons": int(persons.sum()),
        "announced": round(announced.sum() / persons.sum(), 4),
        "true": round(true.sum() / persons.sum(), 4),
        "off": round((announced - true).sum() / persons.sum(), 4),
        "interval_95": np.round(np.quantile(off, [0.025, 0.975]), 4).tolist(),
        "platforms": int((persons > 0).sum()),
        "platforms_within": sum(one["persons"] > 0 and one["error"] <= WITHIN for one in classes),
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 1.0


def main() -> None:
    """Print one line of JSON a platform, and one of them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--accounts", type=int, default=1000)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--thieves", type=int, default=10)
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--hard", action="store_true")
    chosen = parser.parse_args()
    size = Size(chosen.accounts, chosen.days, chosen.thieves, chosen.hard)
    measured: list[Measured] = []
    for seed in chosen.seeds:
        measured.append(measure(seed, size, chosen.share))
        print(json.dumps(measured[-1]), flush=True)
    print(json.dumps(summarise(measured)), flush=True)


if __name__ == "__main__":
    main()
