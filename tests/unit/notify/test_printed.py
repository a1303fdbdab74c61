# SPDX-License-Identifier: Apache-2.0
"""Letters on paper: their window, their code read back by another library, what a printer gets."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pypdf
import pytest
import zxingcpp
from nacl.signing import VerifyKey
from PIL import Image

from tests.made_case import rows_of
from tests.unit.notify.scenes import person, told_case
from tests.unit.notify.test_genuine import PAGE
from tocsin.cli.main import run_command
from tocsin.core.errors import InputError
from tocsin.notify.copy import copy_notice
from tocsin.notify.delivery import send_all
from tocsin.notify.document import blocks_of
from tocsin.notify.genuine.publish import publish
from tocsin.notify.genuine.verify_notice import (
    ALTERED,
    GENUINE,
    Published,
    check_document,
    check_text,
    folder_reader,
)
from tocsin.notify.printed.letters import Letters
from tocsin.notify.printed.render import Paper, Sheet, render_chunk, render_copy
from tocsin.notify.waves import release
from tocsin.store.case import Case

AT = datetime(2026, 11, 22, 9, 30, 15, 250, tzinfo=UTC)
POST = 'prefer = "post"\n' + PAGE
REGISTRY = '[[registries]]\nname = "patients"\npaths = ["p.csv"]\n[registries.columns]\nperson = "id"\n'
HOSTILE = [
    '#import "x" *gras* $x$ <label> @ref',
    "=cmd|'/c calc'!A1",
    "x" * 120,
    "\\u{41} // /* fin",
    "محمد",
]


def paper(lang: str = "fr") -> Paper:
    told = {"page": "Page", "qr": "Ce carré…", "qr_alt": "Code"}
    return Paper(lang, "Information", "Clinique", ("1 rue A",), "Le 22", "R1", told, AT)


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five letters dropped for a printer, and the public folder."""
    folder = tmp_path_factory.mktemp("printed")
    rows = [person(number) for number in range(1, 6)]
    with told_case(folder / "case", rows, notify=POST, settings=REGISTRY) as case:
        release(case, why="read", named="Anne Le Gall, DPO")
        publish(case, folder / "site")
    send_all(lambda read_only: Case(folder / "case", by="DPO", read_only=read_only), ("post",), None)
    return folder


@pytest.fixture(scope="module")
def published(sent: Path) -> Published:
    return Published(folder_reader(sent / "site"))


def chunk_of(sent: Path) -> Path:
    [chunk] = (sent / "case" / "notices" / "post").glob("chunk-*")
    return chunk


def addresses_of(sent: Path) -> list[dict[str, str]]:
    with (chunk_of(sent) / "addresses.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def seen_codes(pdf: bytes, page: int, folder: Path) -> Iterator[str]:
    """What a camera would read on a page: it is drawn by another program, and read by another library."""
    source = folder / "seen.pdf"
    source.write_bytes(pdf)
    command = ["pdftoppm", "-r", "150", "-png", "-f", str(page), "-l", str(page), str(source)]
    drawn = subprocess.run(command, capture_output=True, check=True).stdout
    for found in zxingcpp.read_barcodes(Image.open(io.BytesIO(drawn))):
        yield found.text


# What a printer gets


def test_letters_of_a_chunk_stand_where_the_list_says(sent: Path) -> None:
    pages = pypdf.PdfReader(chunk_of(sent) / "letters.pdf").pages
    rows = addresses_of(sent)
    assert len(rows) == 5
    for row in rows:
        first = pages[int(row["first_page"]) - 1].extract_text()
        assert row["line_1"] in first
        assert int(row["first_page"]) % 2 == 1
    ends = [int(row["last_page"]) for row in rows]
    assert ends[-1] == len(pages)
    assert all(int(after["first_page"]) > end for after, end in zip(rows[1:], ends, strict=False))


def test_manifest_is_signed_and_says_until_when_letters_may_be_kept(sent: Path, published: Published) -> None:
    manifest = json.loads((chunk_of(sent) / "manifest.json").read_text("utf-8"))
    VerifyKey(bytes.fromhex(manifest["key"])).verify(
        manifest["signed"].encode(), bytes.fromhex(manifest["signature"])
    )
    said = json.loads(manifest["signed"])
    assert manifest["key"] == published.key
    assert said["letters"] == 5
    assert said["destroy_by"] > "2026"
    for name, digest in said["files"].items():
        assert hashlib.sha256((chunk_of(sent) / name).read_bytes()).hexdigest() == digest


@pytest.mark.needs("pdftoppm")
def test_code_of_each_letter_is_read_back_and_verifies(
    sent: Path, published: Published, tmp_path: Path
) -> None:
    pdf = (chunk_of(sent) / "letters.pdf").read_bytes()
    seen = [text for row in addresses_of(sent) for text in seen_codes(pdf, int(row["last_page"]), tmp_path)]
    assert len(set(seen)) == 5
    assert {check_text(published, text).verdict for text in seen} == {GENUINE}


# The person's own copy


def test_copy_is_tagged_verifies_and_is_the_same_each_time(sent: Path, published: Published) -> None:
    with Case(sent / "case", by="t") as case:
        copies = {copy_notice(case, "patients", "P000002") for _ in range(2)}
        [code] = [row["code"] for row in rows_of(case, "notices") if row["person_id"] == 2]
    [copy] = copies
    reader = pypdf.PdfReader(io.BytesIO(copy))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"] == "fr-FR"
    text = "".join(page.extract_text() for page in reader.pages).replace("-", "")
    assert str(code) in text
    answer = check_document(published, copy)
    assert (answer.verdict, answer.is_signed) == (GENUINE, True)


def test_copy_with_one_altered_digit_of_the_telephone_fails(sent: Path, published: Published) -> None:
    with Case(sent / "case", by="t") as case:
        copy = copy_notice(case, "patients", "P000002")
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(copy)).pages)
    assert check_document(published, text.encode()).verdict == GENUINE
    false = text.replace("02\u00a099\u00a000\u00a000\u00a000", "02\u00a099\u00a000\u00a000\u00a007")
    assert false != text
    assert check_document(published, false.encode()).verdict == ALTERED


def test_copy_is_refused_for_somebody_who_was_told_nothing(sent: Path) -> None:
    with Case(sent / "case", by="t") as case, pytest.raises(InputError, match="No notice was released"):
        copy_notice(case, "patients", "P999999")


def test_verb_writes_the_copy_for_its_owner_and_journals_it(
    sent: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("P000003\n"))
    case, target = str(sent / "case"), tmp_path / "copy.pdf"
    assert (
        run_command(["notify", case, "copy", "--local", "patients:-", "--to", str(target), "--by", "t"]) == 0
    )
    assert target.stat().st_mode & 0o777 == 0o600
    assert run_command(["verify-notice", str(target), "--against", str(sent / "site")]) == 0
    with Case(sent / "case", by="t", read_only=True) as opened:
        assert [entry.kind for entry in opened.journal.entries()].count("notify:copy:made") == 1


# What is printed


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_name_is_printed_as_it_is(name: str) -> None:
    sheet = Sheet("r", (name[:38],), f"Bonjour {name}\n\n# {name}\n\n- {name}")
    pages = pypdf.PdfReader(io.BytesIO(render_copy(paper(), sheet))).pages
    text = "".join(page.extract_text() for page in pages)
    assert "Bonjour" in text
    if name.isascii():
        assert "".join(text.split()).count("".join(name.split())) >= 3


def test_same_letters_give_the_same_bytes() -> None:
    sheets = [
        Sheet(f"r{number}", ("A", "B"), "# T\n\nBonjour", "https://example.org/#x") for number in range(3)
    ]
    assert render_chunk(paper(), sheets) == render_chunk(paper("fr"), sheets)


def test_long_letters_keep_their_own_page_numbers() -> None:
    long = "\n\n".join(["Une phrase qui se répète pour faire plusieurs pages. " * 6] * 20)
    pdf, places = render_chunk(paper(), [Sheet("a", (), long), Sheet("b", (), "court")])
    assert [(place.reference, place.first) for place in places] == [
        ("a", 1),
        ("b", places[0].last + 1 + places[0].last % 2),
    ]
    assert "Page 1" in pypdf.PdfReader(io.BytesIO(pdf)).pages[places[1].first - 1].extract_text()


def test_document_is_cut_into_headings_lists_and_paragraphs() -> None:
    found = [(block.kind, block.lines) for block in blocks_of("# T\nligne\n- a\n- b\n\nfin\nsuite\n")]
    assert found == [
        ("heading", ("T",)),
        ("paragraph", ("ligne",)),
        ("list", ("a", "b")),
        ("paragraph", ("fin", "suite")),
    ]


def test_press_is_closed_when_nothing_was_printed(sent: Path) -> None:
    with Case(sent / "case", by="t") as case, closing(Letters(case.settings, AT)):
        pass
