# SPDX-License-Identifier: Apache-2.0
"""Documents: letters, sheets and messages as offices write them, what stands in them, and broken ones."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.scope.profiles.made_documents import (
    compound,
    docx,
    msg,
    ods,
    odt,
    pdf,
    pdf_text,
    xls,
    zipped,
)
from tocsin.scope.profiles.counters import Counters
from tocsin.scope.profiles.profile import Profile
from tocsin.scope.profiles.scan import load_readers, profiles_of
from tocsin.store.engine import Engine

NIR = "184127511451160"
HEAD = ["nom", "prenom", "ne_le", "nir"]
ROW = ["Martin", "Zoé", "1984-12-03", NIR]
LIST = "nom;prenom;ne_le;nir\n" + ";".join(ROW) + "\n"


@pytest.fixture(scope="module")
def counters() -> Iterator[Counters]:
    with Engine(memory="512MiB", threads=1) as engine, Counters(engine) as counters:
        yield counters


@pytest.fixture
def told(counters: Counters, tmp_path: Path) -> Told:
    return Told(counters, tmp_path)


class Told:
    """Profiles of what is written, by their last part."""

    def __init__(self, counters: Counters, folder: Path) -> None:
        self.counters, self.folder, self.readers = counters, folder, load_readers()

    def all(self, name: str, held: bytes) -> list[Profile]:
        (self.folder / name).write_bytes(held)
        return list(profiles_of(self.counters, self.folder / name, self.readers))

    def __call__(self, name: str, held: bytes) -> Profile:
        [found] = self.all(name, held)
        return found


def of_list(found: Profile) -> tuple[str | None, int, int, str | None]:
    return found.kind, found.distinct.get("persons", 0), found.distinct.get("nir", 0), found.unreadable


def cells(row: list[str]) -> str:
    return "".join(
        f'<table:table-cell office:value-type="string"><text:p>{c}</text:p></table:table-cell>' for c in row
    )


def row_of(row: list[str]) -> str:
    return f"<table:table-row>{cells(row)}</table:table-row>"


# DOCX

ENTITIES = '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'


def test_docx_table_is_a_table_and_its_paragraphs_are_prose(told: Told) -> None:
    found = told("a.docx", docx(["Écrire à z@example.org"], [[HEAD, ROW, ROW]]))
    assert of_list(found) == ("docx", 1, 1, None)
    assert found.in_prose == {"contact.email": 1}


def test_docx_headers_notes_comments_and_struck_text_count(told: Told) -> None:
    said = '<w:x xmlns:w="w"><w:p><w:r><w:{tag}>{text}</w:{tag}></w:r></w:p></w:x>'
    parts: dict[str, str | bytes] = {
        "word/header1.xml": said.format(tag="t", text="a@example.org"),
        "word/comments.xml": said.format(tag="t", text="b@example.org"),
        "word/footnotes.xml": said.format(tag="delText", text="c@example.org"),
    }
    assert told("a.docx", docx(["rien"], parts=parts)).distinct == {"email": 3}


def test_docx_number_cut_into_runs_is_one_number(told: Told) -> None:
    cut = f"NIR {NIR[:5]}</w:t></w:r><w:r><w:t>{NIR[5:]}"
    assert told("a.docx", docx([cut])).distinct == {"nir": 1}


def test_docx_of_pictures_alone_has_no_text(told: Told) -> None:
    found = told("a.docx", docx([], parts={"word/media/image1.png": b"\x89PNG"}))
    assert (found.kind, found.unreadable) == ("docx", "no_text")


def test_docx_sheet_that_stands_in_it_is_read_as_a_file(told: Told) -> None:
    letter, sheet = told.all(
        "a.docx", docx(["voir"], parts={"word/embeddings/a.ods": ods(row_of(HEAD) + row_of(ROW))})
    )
    assert letter.distinct == {}
    assert (sheet.label.rsplit("!", 1)[1], *of_list(sheet)) == ("a.ods", "odf", 1, 1, None)


@pytest.mark.parametrize(
    ("name", "held", "reason"),
    [
        ("sealed.docx", compound({"EncryptedPackage": b"x" * 5000}), "encrypted"),
        ("cut.docx", docx(["a" * 5000])[:-60], "damaged"),
        ("no_document.docx", zipped({"[Content_Types].xml": "<Types/>"}), "damaged"),
        ("entities.docx", docx([], parts={"word/header1.xml": ENTITIES}), "entities"),
        ("open_tag.docx", docx(["</w:t><w:broken>"]), "damaged"),
    ],
)
def test_docx_that_cannot_be_read_is_said(told: Told, name: str, held: bytes, reason: str) -> None:
    assert told(name, held).unreadable == reason


# OpenDocument


def test_ods_cells_give_the_stored_value_and_no_formula_is_run(told: Told) -> None:
    born = (
        '<table:table-cell office:value-type="date" office:date-value="1984-12-03"><text:p>3 déc.</text:p>'
        "<office:annotation><text:p>tél. 06 39 98 00 01</text:p></office:annotation></table:table-cell>"
    )
    number = (
        f'<table:table-cell table:formula="of:=WEBSERVICE(&quot;http://example.org&quot;)"'
        f' office:value-type="float" office:value="{float(NIR):.14E}"><text:p>1,84E14</text:p>'
        "</table:table-cell>"
    )
    row = f"<table:table-row>{cells(ROW[:2])}{born}{number}</table:table-row>"
    found = told("a.ods", ods(row_of(HEAD) + row))
    assert of_list(found) == ("odf", 1, 1, None)
    assert found.in_prose == {"contact.phone": 1}
    assert "identity.birth_date" in found.categories


def test_ods_empty_cells_and_rows_to_the_edge_of_the_sheet_are_none(told: Told) -> None:
    edge = '<table:table-cell table:number-columns-repeated="16380"/>'
    rows = f"<table:table-row>{cells(HEAD)}{edge}</table:table-row>{row_of(ROW)}"
    rows += f'<table:table-row table:number-rows-repeated="1048574">{edge}</table:table-row>'
    found = told("a.ods", ods(rows))
    assert (found.rows, found.distinct["persons"]) == (1, 1)


@pytest.mark.parametrize(
    "rows",
    [
        f'<table:table-row table:number-rows-repeated="999999999">{cells(ROW)}</table:table-row>',
        (
            '<table:table-row><table:table-cell table:number-columns-repeated="99999999"'
            ' office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row>'
        ),
    ],
)
def test_ods_that_repeats_what_it_holds_without_bound_is_a_bomb(told: Told, rows: str) -> None:
    assert told("a.ods", ods(row_of(HEAD) + rows)).unreadable == "bomb"


def test_ods_under_a_password_is_encrypted(told: Told) -> None:
    sealed = "<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"
    assert told("a.ods", ods(row_of(ROW), sealed)).unreadable == "encrypted"


def test_odt_paragraphs_are_prose_and_its_tables_are_tables(told: Told) -> None:
    body = "<text:p>Écrire à <text:span>z@example.org</text:span></text:p>"
    body += f"<table:table>{row_of(HEAD)}{row_of(ROW)}</table:table>"
    found = told("a.odt", odt(body))
    assert of_list(found) == ("odf", 1, 1, None)
    assert found.in_prose == {"contact.email": 1}


def test_odt_that_is_cut_is_damaged(told: Told) -> None:
    assert told("a.odt", zipped({"content.xml": odt("<text:p/>")[:40]})).unreadable == "damaged"


# XLS


def test_xls_is_read_with_its_long_numbers_in_full(told: Told) -> None:
    found = told(
        "a.xls", xls([list(HEAD), [*ROW[:3], float(NIR)], ["Petit", "Paul", "1975-02-01", "175029999900113"]])
    )
    assert of_list(found) == ("xls", 2, 2, None)
    assert found.rows == 2


@pytest.mark.parametrize(
    ("name", "held", "reason"),
    [
        ("sealed.xls", xls([list(HEAD)], sealed=True), "encrypted"),
        ("no_workbook.xls", compound({"Autre": b"x" * 5000}), "damaged"),
        ("cut.xls", xls([list(HEAD)])[:700], "damaged"),
    ],
)
def test_xls_that_cannot_be_read_is_said(told: Told, name: str, held: bytes, reason: str) -> None:
    assert told(name, held).unreadable == reason


# Messages


def test_msg_says_senders_recipients_and_text(told: Told) -> None:
    found = told("a.msg", msg("Rendez-vous", f"NIR {NIR}", to="z@example.org"))
    assert (found.kind, found.unreadable, found.distinct) == (
        "msg",
        None,
        {"email": 2, "nir": 1, "persons": 2},
    )


def test_msg_attachments_are_read_as_files_of_their_own(told: Told) -> None:
    message, table, picture = told.all(
        "a.msg", msg("x", "y", attached={"liste.csv": LIST.encode(), "photo.jpg": b"\xff\xd8\xff\xe0\0\0"})
    )
    assert message.unreadable is None
    assert (table.label.rsplit("!", 1)[1], *of_list(table)) == ("liste.csv", "csv", 1, 1, None)
    assert picture.unreadable == "unknown_kind"


def test_msg_whose_body_is_compressed_rtf_alone_is_said(told: Told) -> None:
    assert told("a.msg", msg("x", "", rtf=True)).unreadable == "unknown_kind"


@pytest.mark.parametrize("held", [msg("x", "y")[:600], compound({"Autre": b"x" * 5000})])
def test_msg_that_is_cut_or_holds_no_message_is_damaged(told: Told, held: bytes) -> None:
    assert told("a.msg", held).unreadable == "damaged"


def mail(*parts: str) -> bytes:
    head = (
        'From: a@example.org\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="z"\n\n'
    )
    return (head + "".join(f"--z\n{part}\n" for part in parts) + "--z--\n").encode()


def test_mail_attachments_are_read_those_of_attached_archives_too(told: Told) -> None:
    held = base64.b64encode(zipped({"../liste.csv": LIST})).decode()
    body, table = told.all(
        "a.eml",
        mail(
            "Content-Type: text/plain\n\ntél. 06 39 98 00 01",
            'Content-Type: application/zip\nContent-Disposition: attachment; filename="../a.zip"\n'
            f"Content-Transfer-Encoding: base64\n\n{held}",
        ),
    )
    assert body.in_prose == {"contact.phone": 1}
    assert (table.label.split("!", 1)[1], *of_list(table)) == ("a.zip!../liste.csv", "csv", 1, 1, None)


def test_mail_attachment_that_is_not_read_is_said_and_the_text_counts(told: Told) -> None:
    body, picture = told.all(
        "a.eml",
        mail(
            "Content-Type: text/plain\n\ntél. 06 39 98 00 01",
            "Content-Type: image/png\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=",
        ),
    )
    assert (body.kind, body.unreadable, body.distinct) == (
        "eml",
        None,
        {"email": 1, "persons": 1, "phone": 1},
    )
    assert (picture.label.rsplit("!", 1)[1], picture.unreadable) == ("part2", "unknown_kind")


# PDF, and documents in CDA


def test_pdf_pages_and_form_fields_are_prose(told: Told) -> None:
    found = told("a.pdf", pdf([pdf_text(f"NIR {NIR}"), b""], fields={"courriel": "z@example.org"}))
    assert (found.kind, found.unreadable, found.distinct) == ("pdf", None, {"email": 1, "nir": 1})


def test_pdf_page_that_is_a_picture_makes_the_file_unreadable_and_the_text_counts(told: Told) -> None:
    found = told("a.pdf", pdf([pdf_text(f"NIR {NIR}"), b"q 595 0 0 842 0 0 cm /Im0 Do Q"]))
    assert (found.unreadable, found.distinct) == ("no_text", {"nir": 1})


def test_pdf_that_is_cut_or_a_program_in_disguise_is_damaged(told: Told) -> None:
    assert told("a.pdf", b"%PDF-1.4\n" + b"\0" * 300).unreadable == "damaged"


def test_cda_document_that_stands_in_it_is_read_and_is_no_text(told: Told) -> None:
    held = base64.b64encode(pdf([pdf_text(f"NIR {NIR}")])).decode()
    cda = (
        '<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"><component><nonXMLBody>'
        f'<text mediaType="application/pdf" representation="B64">{held}</text>'
        "</nonXMLBody></component></ClinicalDocument>"
    )
    document, inner = told.all("a.xml", cda.encode())
    assert (document.kind, document.in_prose) == ("cda", {})
    assert (inner.label.rsplit("!", 1)[1], inner.kind, inner.distinct) == ("text1.pdf", "pdf", {"nir": 1})


def test_document_whose_extra_is_missing_says_so(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> object:
        raise ImportError(name)

    for reader in ("pdf_pages", "xls_sheets", "ole_files"):
        monkeypatch.setattr(f"tocsin.scope.profiles.readers.{reader}.import_module", missing)
    for name, held in (("a.pdf", pdf([])), ("a.xls", xls([])), ("a.msg", msg("x", "y"))):
        assert told(name, held).unreadable == "no_extra"
