# SPDX-License-Identifier: Apache-2.0
"""Readers: what each kind of file gives, whose it is, and what hostile or broken ones are said to be."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import os
import struct
import tarfile
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from tocsin.scope.profiles import archives, content
from tocsin.scope.profiles.profile import Profile
from tocsin.scope.profiles.scan import scan

NIR = "184127511451100"
HEAD = "nom;prenom;ne_le;nir\n"
LINE = "Martin;Zoé;1984-12-03;" + NIR + "\n"


def profiles(path: Path) -> list[Profile]:
    found: list[Profile] = []
    scan([path], told=found.append)
    return found


def profile(path: Path, held: bytes | str) -> Profile:
    path.write_bytes(held.encode() if isinstance(held, str) else held)
    [found] = profiles(path)
    return found


def categories(found: Profile) -> set[str]:
    return set(found.categories)


def told_of(found: Profile) -> dict[str, tuple[str, str | None]]:
    """Column: whose, and which category, of those that hold something."""
    return {one.column.name: (one.column.role, one.column.category) for one in found.columns if one.filled}


# Tables


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_csv_is_read_in_the_encodings_in_use(tmp_path: Path, encoding: str) -> None:
    found = profile(tmp_path / "a.csv", (HEAD + LINE * 3).encode(encoding))
    assert (found.kind, found.rows, found.distinct["persons"], found.unreadable) == ("csv", 3, 1, None)
    assert categories(found) == {"id.nir", "identity.birth_date", "identity.name"}


def test_csv_of_two_encodings_is_read_to_its_end(tmp_path: Path) -> None:
    lines = [LINE.encode()] * 5_000 + [LINE.replace(NIR, "184127511451200").encode("cp1252")] * 2
    found = profile(tmp_path / "a.csv", HEAD.encode() + b"".join(lines))
    assert (found.rows, found.unreadable) == (5_002, None)
    assert found.distinct["nir"] == 2


def test_csv_without_a_header_is_known_by_its_values(tmp_path: Path) -> None:
    found = profile(tmp_path / "a.csv", "Martin;184127511451160;a@example.org\n" * 4)
    assert found.rows == 4
    assert categories(found) >= {"contact.email"}


def test_columns_whose_names_differ_by_case_alone_are_two(tmp_path: Path) -> None:
    written = "email;EMAIL;k0\na@example.org;;x\nb@example.org;c@example.org;y\n;d@example.org;z\n"
    found = profile(tmp_path / "deux.csv", written)
    assert found.distinct["email"] == 4
    assert [told.filled for told in found.columns] == [2, 2, 3]


def test_csv_whose_rows_are_ragged_counts_what_stands_before(tmp_path: Path) -> None:
    found = profile(tmp_path / "a.csv", HEAD + LINE * 200_000 + "Martin;Zoé\n" + LINE)
    assert found.unreadable == "ragged"


def test_one_line_of_great_length_is_too_large_or_prose(tmp_path: Path) -> None:
    table = profile(tmp_path / "a.csv", HEAD + LINE + "Martin;" + "x" * (20 << 20) + ";;\n")
    assert table.unreadable == "too_large"
    prose = profile(tmp_path / "a.txt", "x" * (9 << 20) + f" NIR {NIR} " + "y" * 1000)
    assert (prose.kind, prose.unreadable, prose.distinct["nir"]) == ("text", None, 1)


@pytest.mark.parametrize(
    ("name", "begins", "reason"),
    [
        pytest.param("a.csv", HEAD + LINE * 2_000 + "Martin;", "too_large", marks=pytest.mark.slow),
        pytest.param("a.json", '[{"nom": "Martin"}, {"nom": "', "too_large", marks=pytest.mark.slow),
        ("a.ndjson", '{"nom": "Martin"}\n{"nom": "', "too_large"),
        ("a.sql", "-- MySQL dump\nINSERT INTO `p` (`nom`) VALUES ('Martin'),('", "too_large"),
        pytest.param(
            "a.hl7",
            "MSH|^~\\&|A|B|C|D|20200901||ADT^A01|1|P|2.5\rPID|1||",
            "too_large",
            marks=pytest.mark.slow,
        ),
        ("a.xml", '<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"><title>', "damaged"),
    ],
)
def test_one_line_of_four_gibibytes_is_refused_before_it_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, begins: str, reason: str
) -> None:
    monkeypatch.setattr(content, "HELD", 16 << 20)  # as 256 MiB, sooner
    with (tmp_path / name).open("wb") as file:
        file.write(begins.encode())
        file.truncate(4 << 30)  # nothing of it takes room on the disk
    [found] = profiles(tmp_path / name)
    assert found.unreadable == reason


def test_text_of_two_encodings_is_read_line_by_line(tmp_path: Path) -> None:
    lines = f"é NIR {NIR}\n".encode() + "é écrire à z@example.org\n".encode("cp1252")
    found = profile(tmp_path / "a.txt", lines)
    assert (found.kind, found.rows, found.unreadable) == ("text", 2, None)
    assert found.distinct == {"nir": 1, "email": 1}


def test_parquet_whose_text_is_no_utf8_is_read_as_cp1252(tmp_path: Path) -> None:
    names = pa.array([b"Martin", "Zoé".encode("cp1252")], pa.binary()).view(pa.string())
    pq.write_table(pa.table({"nom": names, "nir": [NIR, NIR]}), tmp_path / "a.parquet")
    [found] = profiles(tmp_path / "a.parquet")
    assert (found.rows, found.unreadable) == (2, None)
    assert [one.filled for one in found.columns] == [2, 2]


def test_formula_in_a_csv_is_text(tmp_path: Path) -> None:
    found = profile(tmp_path / "a.csv", f"nom;nir;note\n\"=cmd|' /C calc'!A0\";{NIR};=1+1\n")
    assert (found.rows, found.distinct["nir"], found.unreadable) == (1, 1, None)


def test_name_that_the_values_contradict_is_not_believed(tmp_path: Path) -> None:
    found = profile(tmp_path / "a.csv", "nom;nir;telephone\n" + "Martin;oui;bleu\n" * 5)
    assert told_of(found)["nir"] == ("subject", None)
    assert "id.nir" not in found.categories
    assert "contact.phone" not in found.categories


def test_guardian_and_prescriber_are_not_the_subject(tmp_path: Path) -> None:
    found = profile(
        tmp_path / "a.csv",
        "nom;prenom;ne_le;tuteur_telephone;prescripteur;rpps\n"
        "Martin;Zoé;2015-01-02;0639980001;Dr Petit;10101010104\n",
    )
    told = told_of(found)
    assert told["tuteur_telephone"] == ("guardian", "contact.phone")
    assert told["prescripteur"] == ("professional", "professional.name")
    assert told["rpps"][1] == "professional.id"
    assert found.distinct["guardian_phone"] == 1
    assert "phone" not in found.distinct
    assert {name: found.distinct[name] for name in ("persons", "guardians", "professionals")} == {
        "persons": 1,
        "guardians": 1,
        "professionals": 1,
    }


def test_guardian_of_two_children_is_one_person_and_no_patient(tmp_path: Path) -> None:
    found = profile(
        tmp_path / "a.csv",
        "nom;prenom;ne_le;mere_nom;mere_prenom;medecin_nom\n"
        "A;B;2015-01-02;D'Arc;Ève;Dr Petit\nA;C;2017-01-02;d’ARC;EVE;dr petit\n",
    )
    people = {name: found.distinct.get(name) for name in ("persons", "guardians", "professionals")}
    assert people == {"persons": 2, "guardians": 1, "professionals": 1}


@pytest.mark.parametrize(
    ("second", "flagged"),
    [
        ("A;B;1985-12-03;F", 1),  # another birth date
        ("A;B;1984-12-03;M", 1),  # another sex
        ("C;D;1984-12-03;F", 1),  # another name and another given name
        ("C;B;1984-12-03;F", 0),  # somebody who married
        ("a;b;1984-12-03;f", 0),  # the same, written otherwise
        (";;;", 0),  # nothing said is no contradiction
    ],
)
def test_ins_with_contradictory_traits_is_flagged_and_neither_dropped_nor_split(
    tmp_path: Path, second: str, flagged: int
) -> None:
    held = f"ins;nom;prenom;ne_le;sexe\n{NIR};A;B;1984-12-03;F\n{NIR};{second}\n"
    found = profile(tmp_path / "a.csv", held)
    assert found.contradictory_ins == flagged
    assert (found.rows, found.distinct["ins"], found.distinct["persons"]) == (2, 1, 1)


def test_ins_is_flagged_when_two_files_contradict_each_other(tmp_path: Path) -> None:
    for name, born in (("a.csv", "1984-12-03"), ("b.csv", "1985-12-03")):
        (tmp_path / name).write_text(f"ins;nom;ne_le\n{NIR};A;{born}\n", "utf-8")
    assert scan([tmp_path]).contradictory_ins == 1


@pytest.mark.parametrize("column", ["nir", "ins", "rpps", "finess"])
def test_number_with_a_wrong_key_is_kept_and_marked(tmp_path: Path, column: str) -> None:
    right, wrong = {
        "rpps": ("10101010104", "10101010105"),
        "finess": ("750712184", "750712185"),
    }.get(column, ("295109912611193", "295109912611194"))
    found = profile(tmp_path / "a.csv", f"nom;{column}\n" + f"A;{right}\nB;{wrong}\n")
    [told] = [one for one in found.columns if one.column.name == column]
    assert (told.filled, told.fitting, told.false_keys, found.false_keys) == (2, 2, 1, 1)


def test_ins_of_tests_stands_apart(tmp_path: Path) -> None:
    real, test = (f"{NIR}^^^X&1.2.250.1.213.1.4.{last}&ISO^INS" for last in (8, 10))
    found = profile(tmp_path / "a.csv", f"ins;nom\n{real};A\n{test};B\n")
    assert (found.distinct["ins"], found.distinct["ins_test"]) == (1, 1)


def test_formula_is_text_and_is_never_evaluated(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["nom", "prenom", "nir", "remarque"])
    sheet.append(["Martin", "Zoé", NIR, '=HYPERLINK("http://example.org";"x")'])
    sheet.append(["=cmd|' /C calc'!A0", "Zoé", NIR, "écrire à z@example.org"])
    book.save(tmp_path / "a.xlsx")
    [found] = profiles(tmp_path / "a.xlsx")
    assert (found.kind, found.rows, found.unreadable) == ("xlsx", 2, None)
    assert found.distinct["nir"] == 1
    assert found.in_prose == {"contact.email": 1}


def test_sql_dump_is_cut_and_never_run(tmp_path: Path) -> None:
    mysql = f"-- MySQL dump\nINSERT INTO `p` (`nom`,`nir`) VALUES ('O''Neil','{NIR}'),('a;(b)',NULL);\n"
    found = profile(tmp_path / "a.sql", mysql)
    assert (found.kind, found.rows, found.distinct["nir"]) == ("sql", 2, 1)
    copied = f"-- PostgreSQL dump\nCOPY public.p (nom, nir) FROM stdin;\nMartin\t{NIR}\nPetit\t\\N\n\\.\n"
    found = profile(tmp_path / "b.sql", copied)
    assert (found.kind, found.rows, found.distinct["nir"]) == ("sql", 2, 1)


# Health standards


def test_fhir_practitioner_is_no_patient(tmp_path: Path) -> None:
    bundle = {
        "resourceType": "Bundle",
        "entry": [
            {
                "resource": {
                    "resourceType": "Patient",
                    "name": [{"family": "A", "given": ["B"]}],
                    "birthDate": "1984-12-03",
                }
            },
            {"resource": {"resourceType": "Practitioner", "name": [{"family": "C"}]}},
        ],
    }
    found = profile(tmp_path / "a.json", json.dumps(bundle))
    assert (found.rows, found.distinct["persons"]) == (2, 1)
    assert {"identity.name", "professional.name"} <= categories(found)


def test_cda_tells_patient_author_and_body_apart(tmp_path: Path) -> None:
    held = f"""<?xml version="1.0"?>
<ClinicalDocument xmlns="urn:hl7-org:v3"><title>Compte rendu</title>
<recordTarget><patientRole><id root="1.2.250.1.213.1.4.8" extension="{NIR}"/>
<patient><name><given>Zoé</given><family>Martin</family></name><birthTime value="19841203"/></patient>
</patientRole></recordTarget>
<author><assignedAuthor><id root="1.2.250.1.71.4.2.1" extension="810101010104"/>
<assignedPerson><name><family>Petit</family></name></assignedPerson></assignedAuthor></author>
<component><section><text>Écrire à z@example.org</text></section></component></ClinicalDocument>"""
    found = profile(tmp_path / "a.xml", held)
    assert (found.kind, found.distinct["persons"], found.distinct["ins"]) == ("cda", 1, 1)
    assert told_of(found)["author.name"] == ("professional", "professional.name")
    assert found.in_prose == {"contact.email": 1}
    assert {"health.document", "professional.id"} <= categories(found)


def test_dicom_header_names_the_patient_and_pixels_are_not_read(tmp_path: Path) -> None:
    def element(group: int, number: int, kind: bytes, value: bytes) -> bytes:
        value += b" " * (len(value) % 2)
        return struct.pack("<HH2sH", group, number, kind, len(value)) + value

    held = b"\0" * 128 + b"DICM" + element(8, 5, b"CS", b"ISO_IR 192")
    held += element(0x10, 0x10, b"PN", "Martin^Zoé".encode()) + element(0x10, 0x20, b"LO", b"IPP1")
    held += (
        element(0x10, 0x30, b"DA", b"19841203") + struct.pack("<HH2sHI", 0x7FE0, 0x10, b"OW", 0, 4) + b"abcd"
    )
    found = profile(tmp_path / "a.dcm", held)
    assert (found.kind, found.distinct["persons"]) == ("dicom", 1)
    assert {"identity.name", "identity.birth_date", "id.local"} <= categories(found)


# What cannot be read


def test_entity_bomb_is_refused_before_it_swells(tmp_path: Path) -> None:
    entities = zip("abcdefgh", "bcdefghi", strict=True)
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in entities
    )
    found = profile(
        tmp_path / "a.xml", bomb + ']><ClinicalDocument xmlns="urn:hl7-org:v3">&i;</ClinicalDocument>'
    )
    assert found.unreadable == "entities"


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_bomb_is_told_by_how_it_swells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: object) -> None:
    monkeypatch.setattr(content, "BOMB_FLOOR", 1 << 20)
    assert callable(pack)
    found = profile(tmp_path / "a.txt.z", pack(b"a" * (64 << 20)))
    assert found.unreadable == "bomb"


def test_zip_bomb_is_told_member_by_member(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "BOMB_FLOOR", 1 << 20)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.txt", b"0" * (32 << 20))
        archive.writestr("good.csv", HEAD + LINE)
    told = {one.label.rsplit("!", 1)[1]: one.unreadable for one in profiles(tmp_path / "a.zip")}
    assert told == {"bomb.txt": "bomb", "good.csv": None}


def test_archives_in_archives_are_read_and_no_deeper_than_the_bound(tmp_path: Path) -> None:
    held = (HEAD + LINE).encode()
    for depth in range(6):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("a.csv" if depth == 0 else "a.zip", held)
        held = packed.getvalue()
        (tmp_path / f"{depth}.zip").write_bytes(held)
    assert [one.unreadable for one in profiles(tmp_path / "3.zip")] == [None]
    assert [one.unreadable for one in profiles(tmp_path / "5.zip")] == ["too_large"]


def test_members_of_a_compressed_tar_are_read(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as archive:
        for name in ("../../a.csv", "b.csv"):
            held = (HEAD + LINE).encode()
            info = tarfile.TarInfo(name)
            info.size = len(held)
            archive.addfile(info, io.BytesIO(held))
    found = profiles(tmp_path / "a.tar.gz")
    assert [(one.rows, one.unreadable) for one in found] == [(1, None), (1, None)]
    assert [path.name for path in tmp_path.iterdir()] == ["a.tar.gz"]


@pytest.mark.parametrize(
    ("name", "held", "reason"),
    [
        ("cut.csv.gz", gzip.compress(os.urandom(200_000))[:-40_000], "damaged"),
        ("cut.zip", b"PK\x03\x04" + b"\0" * 40, "damaged"),
        ("cut.parquet", b"PAR1" + b"\0" * 100, "damaged"),
        ("sealed.parquet", b"PARE" + b"\0" * 100, "encrypted"),
        ("sealed.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "encrypted"),
        ("cut.sqlite", b"SQLite format 3\0" + b"\0" * 300, "damaged"),
        ("photo.jpg", b"\xff\xd8\xff\xe0\0\0\0", "unknown_kind"),
        ("cut.json", b'{"nom": "Martin", "nir": ', "damaged"),
        ("deep.json", b"[" * 200_000, "damaged"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, name: str, held: bytes, reason: str) -> None:
    assert profile(tmp_path / name, held).unreadable == reason


def test_member_whose_bytes_were_changed_is_damaged_and_the_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", HEAD + LINE)
        archive.writestr("b.csv", HEAD + LINE)
    path.write_bytes(path.read_bytes().replace(b"Martin", b"Marvin", 1))
    assert [one.unreadable for one in profiles(path)] == ["damaged", None]


def test_tar_that_is_cut_gives_what_stands_before(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as archive:
        for name in ("a.csv", "b.csv"):
            held = (HEAD + LINE * 100).encode()
            info = tarfile.TarInfo(name)
            info.size = len(held)
            archive.addfile(info, io.BytesIO(held))
    path.write_bytes(path.read_bytes()[:7_000])
    told = [(one.rows, one.unreadable) for one in profiles(path)]
    assert told[0] == (100, None)
    assert told[-1][1] == "damaged"


def test_encrypted_member_is_said_beside_those_that_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", HEAD + LINE)
    held = bytearray(path.read_bytes())
    held[6] |= 1
    held[held.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(held))
    assert [one.unreadable for one in profiles(path)] == ["encrypted"]


def test_empty_file_is_read_and_holds_nothing(tmp_path: Path) -> None:
    found = profile(tmp_path / "a.csv", b"")
    assert (found.kind, found.unreadable, found.rows) == ("empty", None, 0)


def test_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "share").mkdir()
    (tmp_path / "out.csv").write_text(HEAD + LINE, "utf-8")
    (tmp_path / "share" / "link.csv").symlink_to(tmp_path / "out.csv")
    assert profiles(tmp_path / "share") == []
