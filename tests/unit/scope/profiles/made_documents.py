# SPDX-License-Identifier: Apache-2.0
"""Documents made byte by byte, so that no other program is needed: XLS, MSG, DOCX, ODF, PDF."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Sequence

END, FREE, FAT_SECTOR = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
Tree = dict[str, "bytes | Tree"]


def _padded(held: bytes, size: int) -> bytes:
    return held + b"\0" * (-len(held) % size)


class _Compound:
    """[MS-CFB] version 3: sectors of 512 bytes, small streams in the mini stream."""

    def __init__(self) -> None:
        self.sectors: list[bytes] = []
        self.fat: list[int] = []
        self.mini = b""
        self.mini_fat: list[int] = []
        self.entries: list[list[object]] = []

    def put(self, held: bytes) -> int:
        if not held:
            return END
        first = len(self.sectors)
        whole = _padded(held, 512)
        for at in range(0, len(whole), 512):
            self.sectors.append(whole[at : at + 512])
            self.fat.append(len(self.sectors))
        self.fat[-1] = END
        return first

    def put_small(self, held: bytes) -> int:
        if not held:
            return END
        first = len(self.mini_fat)
        self.mini += _padded(held, 64)
        count = len(_padded(held, 64)) // 64
        self.mini_fat += [*range(first + 1, first + count), END]
        return first

    def add(self, name: str, held: bytes | Tree) -> int:
        """Siblings are a chain to the right, in the order that the format asks for."""
        place = len(self.entries)
        kind = 2 if isinstance(held, bytes) else 1
        self.entries.append([name, kind, FREE, FREE, END, 0])
        if isinstance(held, bytes):
            start = self.put(held) if len(held) >= 4096 else self.put_small(held)
            self.entries[place][4:] = [start, len(held)]
        else:
            inner = sorted(held, key=lambda n: (len(n), n.upper()))
            places = [self.add(one, held[one]) for one in inner]
            for one, following in zip(places, [*places[1:], FREE], strict=True):
                self.entries[one][2] = following
            self.entries[place][3] = places[0] if places else FREE
            self.entries[place][4:] = [0, 0]
        return place

    def directory(self) -> bytes:
        held = b""
        for name, kind, right, child, start, size in self.entries:
            letters = str(name).encode("utf-16-le") + b"\0\0"
            held += letters.ljust(64, b"\0") + struct.pack(
                "<HBBIII", len(letters), kind, 1, FREE, right, child
            )
            held += b"\0" * 36 + struct.pack("<IQ", start, size)
        return held + (b"\0" * 64 + struct.pack("<HBBIII", 0, 0, 1, FREE, FREE, FREE) + b"\0" * 48) * (
            -len(self.entries) % 4
        )


def compound(tree: Tree) -> bytes:
    """A compound file of these storages and streams."""
    made = _Compound()
    made.add("Root Entry", tree)
    made.entries[0][1] = 5
    made.entries[0][4:] = [made.put(made.mini), len(made.mini)]
    mini_fat = struct.pack(f"<{len(made.mini_fat)}I", *made.mini_fat)
    mini_fat += struct.pack("<I", FREE) * (-len(made.mini_fat) % 128)
    mini_at = made.put(mini_fat)
    directory_at = made.put(made.directory())
    count = 1
    while len(made.fat) + count > count * 128:
        count += 1
    fat_at = len(made.sectors)
    fat = [*made.fat, *[FAT_SECTOR] * count]
    table = struct.pack(f"<{len(fat)}I", *fat) + struct.pack("<I", FREE) * (-len(fat) % 128)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack("<HHHHH6xIII", 0x3E, 3, 0xFFFE, 9, 6, 0, count, directory_at)
    head += struct.pack("<IIIIII", 0, 4096, mini_at, len(mini_fat) // 512, END, 0)
    head += struct.pack("<109I", *range(fat_at, fat_at + count), *[FREE] * (109 - count))
    return head + b"".join(made.sectors) + table


def _record(kind: int, held: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(held)) + held


def xls(rows: list[list[str | float]], *, sealed: bool = False) -> bytes:
    """A workbook of one sheet (BIFF8), its text in LABEL records; `sealed` as one under a password says."""
    bof = struct.pack("<HHHHII", 0x600, 5, 0x0DBB, 0x07CC, 0, 0x600)
    globals_ = _record(0x809, bof)
    if sealed:
        globals_ += _record(0x2F, b"\x01\x00" + b"\0" * 52)
    globals_ += _record(0x42, struct.pack("<H", 1200))
    name = b"Feuil1"
    bound = struct.pack("<IHBB", len(globals_) + 4 + 8 + len(name) + 4, 0, len(name), 0) + name
    globals_ += _record(0x85, bound) + _record(0x0A)
    sheet = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0x0DBB, 0x07CC, 0, 0x600))
    for line, row in enumerate(rows):
        for place, cell in enumerate(row):
            if isinstance(cell, str):
                held = struct.pack("<HHHHB", line, place, 0, len(cell), 1) + cell.encode("utf-16-le")
                sheet += _record(0x204, held)
            else:
                sheet += _record(0x203, struct.pack("<HHHd", line, place, 0, cell))
    whole = globals_ + sheet + _record(0x0A)
    return compound({"Workbook": whole.ljust(4096, b"\0")})


def msg(
    subject: str, body: str, *, to: str = "", attached: dict[str, bytes] | None = None, rtf: bool = False
) -> bytes:
    """A message as Outlook saves it."""
    tree: Tree = {
        "__properties_version1.0": b"\0" * 32,
        "__substg1.0_0037001F": subject.encode("utf-16-le"),
        "__substg1.0_5D01001F": "secretariat@example.org".encode("utf-16-le"),
    }
    if rtf:
        tree["__substg1.0_10090102"] = b"LZFu"
    else:
        tree["__substg1.0_1000001F"] = body.encode("utf-16-le")
    if to:
        tree["__recip_version1.0_#00000000"] = {"__substg1.0_39FE001F": to.encode("utf-16-le")}
    for place, (name, held) in enumerate((attached or {}).items()):
        tree[f"__attach_version1.0_#{place:08X}"] = {
            "__substg1.0_37010102": held,
            "__substg1.0_3707001F": name.encode("utf-16-le"),
        }
    return compound(tree)


def zipped(parts: dict[str, str | bytes]) -> bytes:
    """A zip of these parts."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, held in parts.items():
            archive.writestr(name, held)
    return packed.getvalue()


def docx(
    paragraphs: list[str], tables: Sequence[list[list[str]]] = (), parts: dict[str, str | bytes] | None = None
) -> bytes:
    """A letter."""
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in paragraphs)
    for table in tables:
        rows = "".join(
            "<w:tr>" + "".join(f"<w:tc><w:p><w:r><w:t>{c}</w:t></w:r></w:p></w:tc>" for c in row) + "</w:tr>"
            for row in table
        )
        body += f"<w:tbl>{rows}</w:tbl>"
    document = f'<?xml version="1.0"?><w:document {space}><w:body>{body}</w:body></w:document>'
    return zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": document, **(parts or {})})


_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text", "manifest")
)


def ods(rows: str, manifest: str = "") -> bytes:
    """A sheet, its rows as XML."""
    content = (
        f'<?xml version="1.0"?><office:document-content {_SPACES}><office:body><office:spreadsheet>'
        f'<table:table table:name="Feuille1">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    sealed = f"<manifest:manifest {_SPACES}>{manifest}</manifest:manifest>"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": kind, "META-INF/manifest.xml": sealed, "content.xml": content})


def odt(body: str) -> bytes:
    """A text, its body as XML."""
    content = (
        f'<?xml version="1.0"?><office:document-content {_SPACES}><office:body><office:text>{body}'
        "</office:text></office:body></office:document-content>"
    )
    return zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


def pdf(pages: list[bytes], *, fields: dict[str, str] | None = None) -> bytes:
    """A PDF whose pages have these content streams, and a form."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R"]
    first = 4
    kids = " ".join(f"{first + 2 * n} 0 R" for n in range(len(pages)))
    form = first + 2 * len(pages)
    named = fields or {}
    objects[0] += (
        b" /AcroForm << /Fields [" + b" ".join(b"%d 0 R" % (form + n) for n in range(len(named))) + b"] >> >>"
        if named
        else b" >>"
    )
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode())
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    for place, held in enumerate(pages):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >> >>" % (first + 2 * place + 1)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(held), held))
    objects += [f"<< /FT /Tx /T ({name}) /V ({value}) >>".encode() for name, value in named.items()]
    held, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(held))
        held += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % at for at in places)
    count = len(objects) + 1
    end = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(held))
    return held + b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table) + end


def pdf_text(line: str) -> bytes:
    """The content stream of a page with one line."""
    return b"BT /F1 12 Tf 72 720 Td (" + line.encode("cp1252") + b") Tj ET"
