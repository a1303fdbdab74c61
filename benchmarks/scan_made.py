# SPDX-License-Identifier: Apache-2.0
"""A synthetic French corpus with its truth: files of several kinds, and each identifier that stands in them.

Nobody in it exists: communes 991 to 998 of a department do not exist, phones are of the range kept for
fiction (ARCEP: 01 99 00, 06 39 98), addresses are of example.org. Decoys stand beside: numbers of files,
invoices and companies, dates, numbers with a wrong key that nothing announces.
"""

from __future__ import annotations

import json
import random
import sqlite3
import zipfile
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

FAMILIES = (
    "Martin",
    "Lefèvre",
    "Nguyen",
    "Ben Amar",
    "d’Arc",
    "Le Gall",
    "Lœuil",
    "Dos Santos",
    "Petit",
    "Hérault",
)
GIVEN = ("Jean-Luc", "Zoé", "Aïcha", "Ève", "Paul", "Maëlys", "Théo", "Inès", "Noël", "Anne")
DEPARTMENTS = ("75", "69", "13", "2A", "2B", "35", "59", "97")


@dataclass(frozen=True)
class Person:
    """Somebody who does not exist."""

    family: str
    given: str
    male: bool
    born: str
    nir: str
    """Fifteen characters, key included."""

    right_key: bool
    phone: str
    email: str
    iban: str
    local: str


@dataclass
class Truth:
    """File name: kind of identifier: the values that stand in it, as compared."""

    found: dict[str, dict[str, set[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set))
    )

    def add(self, name: str, **values: str) -> None:
        """Note values of a file."""
        for kind, value in values.items():
            self.found[name][kind].add(value)


def key_of(number: str) -> int:
    """97 - N mod 97, with the letters of Corsica as numbers."""
    return 97 - int(number.replace("2A", "19").replace("2B", "18")) % 97


def make_person(draw: random.Random, at: int) -> Person:
    """One in forty has a wrong key."""
    male = draw.random() < 0.5
    year, month, day = draw.randrange(1925, 2019), draw.randrange(1, 13), draw.randrange(1, 29)
    place = draw.choice(DEPARTMENTS) + f"{draw.randrange(991, 999)}"
    number = f"{1 if male else 2}{year % 100:02d}{month:02d}{place}{at % 999 + 1:03d}"
    right = draw.random() > 0.025
    key = key_of(number) if right else (key_of(number) + draw.randrange(1, 90) - 1) % 97 + 1
    given = draw.choice(GIVEN)
    return Person(
        draw.choice(FAMILIES),
        given,
        male,
        f"{year}-{month:02d}-{day:02d}",
        f"{number}{key:02d}",
        key == key_of(number),
        draw.choice(("0199", "0639")) + f"{draw.choice(('00', '98'))}{at % 10_000:04d}",
        f"p{at}.{draw.randrange(100)}@mail.example.org",
        make_iban(f"{30004:05d}{draw.randrange(10**5):05d}{at:011d}{draw.randrange(97):02d}"),
        f"IPP{at:07d}",
    )


def make_iban(account: str) -> str:
    """A French IBAN: 98 - the remainder of the account with `FR00` behind."""
    return f"FR{98 - int(account + '152700') % 97:02d}{account}"


def spaced(nir: str) -> str:
    """As people write it."""
    return f"{nir[0]} {nir[1:3]} {nir[3:5]} {nir[5:7]} {nir[7:10]} {nir[10:13]} {nir[13:]}"


def in_pairs(phone: str, sign: str) -> str:
    """As people write it."""
    return sign.join(phone[at : at + 2] for at in range(0, 10, 2))


def make_corpus(folder: Path, persons: int, seed: int = 7) -> Truth:
    """Write the files; give what stands in them."""
    folder.mkdir(parents=True, exist_ok=True)
    draw, truth = random.Random(seed), Truth()  # noqa: S311  # to be reproducible
    people = [make_person(draw, at) for at in range(1, persons + 1)]
    for write in (write_csv, write_parquet, write_json, write_prose, write_letters, write_sqlite, write_hl7):
        write(folder, people, truth, draw)
    return truth


def write_csv(folder: Path, people: list[Person], truth: Truth, draw: random.Random) -> None:
    """An extract in cp1252, with a column of remarks that hold identifiers."""
    lines = ["Nom;Prénom;Né(e) le;N° sécu;Téléphone;Courriel;RIB;Remarque"]
    for p in people:
        remark = _remark(p, draw)
        born = "/".join(reversed(p.born.split("-")))
        lines.append(
            f'{p.family};{p.given};{born};{spaced(p.nir)};{in_pairs(p.phone, ".")};{p.email};{p.iban};"{remark}"'
        )
        truth.add("extrait.csv", nir=p.nir[:13], phone=p.phone, email=p.email, iban=p.iban)
    (folder / "extrait.csv").write_bytes("\r\n".join([*lines, ""]).encode("cp1252"))


def _remark(p: Person, draw: random.Random) -> str:
    return draw.choice(
        (
            "Rien à signaler",
            f"Dossier {draw.randrange(10**14, 10**15)} clos",
            f"rappeler au +33 {p.phone[1]} {in_pairs(p.phone, ' ')[3:]}",
            f"écrire à {p.email}, facture 2020-{draw.randrange(10**6):06d}",
        )
    )


def write_parquet(folder: Path, people: list[Person], truth: Truth, draw: random.Random) -> None:
    """Columns whose names say nothing."""
    del draw
    table = pa.table(
        {"a": [p.nir for p in people], "b": [p.email for p in people], "c": list(range(len(people)))}
    )
    pq.write_table(table, folder / "opaque.parquet")
    for p in people:
        truth.add("opaque.parquet", nir=p.nir[:13], email=p.email)


def write_json(folder: Path, people: list[Person], truth: Truth, draw: random.Random) -> None:
    """A FHIR Bundle of patients with their INS."""
    del draw
    entries = [
        {
            "resource": {
                "resourceType": "Patient",
                "identifier": [{"system": "urn:oid:1.2.250.1.213.1.4.8", "value": p.nir}],
                "name": [{"family": p.family, "given": [p.given]}],
                "birthDate": p.born,
                "telecom": [{"system": "phone", "value": p.phone}],
            }
        }
        for p in people
    ]
    (folder / "bundle.json").write_text(json.dumps({"resourceType": "Bundle", "entry": entries}), "utf-8")
    for p in people:
        truth.add("bundle.json", ins=p.nir[:13], phone=p.phone)


def write_prose(folder: Path, people: list[Person], truth: Truth, draw: random.Random) -> None:
    """Letters as plain text: a number with a wrong key counts where a word announces it, and not elsewhere."""
    lines = []
    for p in people:
        announced = draw.random() < 0.5
        word = draw.choice(("NIR : ", "n° de sécurité sociale ", "INS ")) if announced else "réf. "
        lines.append(
            f"{p.given} {p.family}, né(e) le {p.born}, {word}{spaced(p.nir) if draw.random() < 0.5 else p.nir}, "
            f"tél. {in_pairs(p.phone, ' ')}, SIRET {draw.randrange(10**13, 10**14)}, IBAN {_grouped(p.iban)}."
        )
        truth.add("lettres.txt", phone=p.phone, iban=p.iban)
        if announced or p.right_key:
            truth.add("lettres.txt", nir=p.nir[:13])
    (folder / "lettres.txt").write_text("\n".join(lines), "utf-8")


def _grouped(iban: str) -> str:
    return " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))


def write_letters(folder: Path, people: list[Person], truth: Truth, draw: random.Random) -> None:
    """Messages in an archive."""
    with zipfile.ZipFile(folder / "courriers.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for at, p in enumerate(people[:50]):
            name = f"{at:03d}.eml"
            archive.writestr(
                name,
                f"From: secretariat@example.org\nTo: {p.email}\nSubject: Rendez-vous\nMIME-Version: 1.0\n"
                f"Content-Type: text/plain; charset=utf-8\n\nBonjour, NIR {p.nir}, code {draw.randrange(10**9)}.\n",
            )
            truth.add(f"courriers.zip!{name}", email=p.email, nir=p.nir[:13])
            truth.add(f"courriers.zip!{name}", email="secretariat@example.org")


def write_sqlite(folder: Path, people: list[Person], truth: Truth, draw: random.Random) -> None:
    """A database."""
    del draw
    (folder / "base.sqlite").unlink(missing_ok=True)
    with closing(sqlite3.connect(folder / "base.sqlite")) as database:
        database.execute("create table patients (ipp text, nom text, prenom text, ddn text, mobile text)")
        rows = [(p.local, p.family, p.given, p.born, p.phone) for p in people]
        database.executemany("insert into patients values (?, ?, ?, ?, ?)", rows)
        database.commit()
    for p in people:
        truth.add("base.sqlite", local=p.local, phone=p.phone)


def write_hl7(folder: Path, people: list[Person], truth: Truth, draw: random.Random) -> None:
    """Admissions, with a person to be told who is no patient."""
    del draw
    said: list[str] = []
    for p in people:
        born = p.born.replace("-", "")
        ins = f"{p.nir}^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.8&ISO^INS"
        said += [
            "MSH|^~\\&|A|B|C|D|20200901||ADT^A01|1|P|2.5",
            f"PID|1||{p.local}^^^H&1.2.3&ISO^PI~{ins}||{p.family}^{p.given}||{born}|{'M' if p.male else 'F'}||||||||||",
            "NK1|1|AUTRE^PERSONNE|MTH||0199009999",
        ]
        truth.add("adt.hl7", ins=p.nir[:13], local=p.local, guardian_phone="0199009999")
    (folder / "adt.hl7").write_bytes("\r".join(said).encode())


Writer = Callable[[Path, list[Person], Truth, random.Random], None]
