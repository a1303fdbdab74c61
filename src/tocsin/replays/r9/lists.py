# SPDX-License-Identifier: Apache-2.0
"""Writes the registry of the insured with their contacts, the directory, and who is told another way."""

from __future__ import annotations

import csv
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa

from tocsin.replays.chance import Ints
from tocsin.replays.parquet import in_order, write_parts
from tocsin.replays.r9.acts import PARTNER
from tocsin.replays.r9.lines import login
from tocsin.replays.r9.people import (
    ABROAD,
    ALL_REACHES,
    BAD_POSTCODE,
    DECEASED,
    LISTED,
    MALFORMED,
    NO_ADDRESS,
    NO_EMAIL,
    OWN,
    PAIR,
    PLACEHOLDER,
    SEPARATED,
    SHARED,
    People,
)
from tocsin.replays.r9.size import Size
from tocsin.replays.text import Part, digits, number, strings, words

_STREETS = words(
    [
        "rue du Moulin",
        "place de l’Église",
        "chemin des Vignes",
        "avenue de la Gare",
        "impasse du Lavoir",
    ]
)
_TOWNS = words(
    ["Rennes", "Le Mans", "Saint-Brieuc", "Angers", "Laval", "Vannes", "Mulhouse", "Saint-Étienne"]
)
_MAILBOXES = {
    OWN: "assure",
    PAIR: "couple",
    SHARED: "residence",
    MALFORMED: "assure",
    PLACEHOLDER: "inconnu",
}


def write_insured(path: Path, people: People) -> None:
    """Write the registry, the guardians at its end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    insured, guardians = people.insured, people.guardian_rows()

    def build(index: Ints) -> pa.Table:
        return _table(people, insured[index], _contacts(people, insured[index]))

    last = _table(people, guardians, _of_guardians(people, guardians))
    write_parts(path, chain(in_order(build, len(insured)), [last]))


def write_accounts(path: Path, size: Size) -> None:
    """Write the directory: one agreement is over."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(("compte", "fonction", "ouvert_le", "clos_le"))
        for account in range(size.accounts):
            is_partner = account == PARTNER
            role = "Partenaire" if is_partner else "Agent"
            writer.writerow((login(account), role, "2022-03-01", "2025-10-01" if is_partner else ""))


def write_listed(folder: Path, people: People) -> None:
    """Write who is told by the social worker, one file each: a protected address, parents who live apart."""
    rows = people.insured[people.crowd.groups(people.insured) == people.insured]
    special = np.array([one.special for one in ALL_REACHES])[people.reach(rows)]
    for name, kind in (("adresses-protegees", LISTED), ("parents-separes", SEPARATED)):
        _write_ids(folder / f"{name}.csv", people, rows[special == kind])


def _write_ids(path: Path, people: People, rows: Ints) -> None:
    ids = people.numbering.ids(rows).to_pylist()
    path.write_text("person\n" + "".join(f"{one}\n" for one in ids), encoding="utf-8")


def _table(people: People, rows: Ints, contacts: dict[str, pa.Array]) -> pa.Table:
    known = people.crowd.columns(rows)
    return pa.table({"assure": people.numbering.ids(rows), **known, **contacts})


def _contacts(people: People, rows: Ints) -> dict[str, pa.Array]:
    reach = people.reach(rows)
    special = np.array([one.special for one in ALL_REACHES])[reach]
    guardian, _known = people.guardian_of(rows)
    return {
        "courriel": _mailboxes(*people.mailboxes(rows)),
        "adresse": _addresses(people, rows, np.array([one.address for one in ALL_REACHES])[reach]),
        "decede": pa.array(np.where(special == DECEASED, "oui", "")),
        "tuteur": strings(len(rows), [people.numbering.cells(np.maximum(guardian, 0))], null=guardian < 0),
    }


def _of_guardians(people: People, rows: Ints) -> dict[str, pa.Array]:
    kind = np.where(people.has_mailbox(rows), OWN, NO_EMAIL)
    return {
        "courriel": _mailboxes(kind, rows),
        "adresse": _addresses(people, rows, np.zeros(len(rows), dtype=np.int64)),
        "decede": pa.array([""] * len(rows)),
        "tuteur": pa.nulls(len(rows), pa.string()),
    }


def _mailboxes(kind: Ints, numbers: Ints) -> pa.Array:
    """A malformed one lacks the end of its domain; a placeholder stands for none."""
    named = words([_MAILBOXES[at] for at in range(len(_MAILBOXES))])[np.minimum(kind, PLACEHOLDER)]
    domain = words(["@example.org", "@example"])[(kind == MALFORMED).astype(np.intp)]
    parts: list[Part] = [named, number(np.where(kind == PLACEHOLDER, -1, numbers), 8), domain]
    return strings(len(kind), parts, null=kind == NO_EMAIL)


def _addresses(people: People, rows: Ints, kind: Ints) -> pa.Array:
    chance = people.crowd.chance
    postcode = np.where(kind == BAD_POSTCODE, 99_000, 1_000) + chance.below("postcode", rows, 900)
    house = number(1 + chance.below("house", rows, 90), 2)
    street = _STREETS[chance.below("street", rows, len(_STREETS))]
    home: list[Part] = [house, b" ", street, b", ", digits(postcode, 5), b" "]
    town = _TOWNS[chance.below("town", rows, len(_TOWNS))]
    at_home = strings(len(rows), [*home, town])
    abroad = strings(len(rows), [house, b" rue Haute, 1000 Bruxelles, Belgique"])
    chosen = np.where(kind == ABROAD, abroad.to_numpy(False), at_home.to_numpy(False))
    return pa.array(np.where(kind == NO_ADDRESS, None, chosen), pa.string())
