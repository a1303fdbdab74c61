#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Is this notice genuine? One file, Python alone, no network: published beside the codes; Tocsin runs it too.

    python3 verify_notice.py 7X2K-….          a code, against the folder that this file stands in
    python3 verify_notice.py --against DIR notice.eml

It shares nothing with what made the notice but the format: `notice.json` holds what the sender signed, and
`codes/` the digests of all codes. It answers genuine, altered, or unknown, and never says whose a notice is.
Sources: Ed25519 is RFC 8032; the alphabet is Crockford's base 32; the check character is Luhn's modulo 32.
"""

from __future__ import annotations

import base64
import binascii
import email
import email.policy
import hashlib
import html
import importlib
import io
import json
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

GENUINE: Final = "genuine"
ALTERED: Final = "altered"
UNKNOWN: Final = "unknown"
NOT_A_CODE: Final = "not_a_code"

WORDS: Final = {
    "fr": {
        GENUINE: "Authentique. Ce document a été émis par {issuer}, dossier {case}.",
        ALTERED: "FAUX OU MODIFIÉ. Ne vous fiez à rien de ce qu’il contient.",
        UNKNOWN: "Ce code n’est pas dans la liste. Vérifiez qu’il est bien recopié ; sinon, appelez.",
        NOT_A_CODE: "Ce n’est pas un code : une lettre ou un chiffre est sans doute mal recopié.",
        "contacts": "Seules coordonnées de l’émetteur : {contacts}",
        "foreign": "Coordonnées qui ne sont pas celles de l’émetteur : {contacts}",
        "never": "Personne ne vous demandera mot de passe, carte bancaire ni numéro de sécurité sociale.",
        "key": "Empreinte de la clé de l’émetteur : {key}",
    },
    "en": {
        GENUINE: "Genuine. This document was issued by {issuer}, case {case}.",
        ALTERED: "FALSE OR ALTERED. Trust nothing that stands in it.",
        UNKNOWN: "This code is not in the list. See that it was copied well; if it was, call.",
        NOT_A_CODE: "This is no code: a letter or a digit was probably copied wrong.",
        "contacts": "The sender's only contact points: {contacts}",
        "foreign": "Contact points that are not the sender's: {contacts}",
        "never": "Nobody will ask you for a password, a card number or a social security number.",
        "key": "Fingerprint of the sender's key: {key}",
    },
}

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PROOF_HEADER: Final = "X-Notice-Proof"
PROOF_META: Final = "notice-proof"
SIGNED_AS: Final = b"tocsin notice 1\n"
MOST_BYTES: Final = 32 << 20
_CODE_LENGTH: Final = 16
_SIGNATURE_BYTES: Final = 64
_LOOKALIKES: Final = str.maketrans("OIL", "011", " -\u2010\u2011\u2013\u00a0\u202f")
_CODE: Final = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9A-HJKMNP-TV-Z]{4}[-\u2010\u2011]){3}[0-9A-HJKMNP-TV-Z]{4}(?![0-9A-Za-z])"
)
_META: Final = re.compile(rf'<meta name="{PROOF_META}" content="([\w-]+)">')
_TAG: Final = re.compile(r"<(style|script|title)\b.*?</\1\s*>|<[^>]*>", re.S | re.I)
_EMAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_DOMAINS: Final = (
    "fr com org net eu info biz app dev io xyz top online site shop store club link click live pro ru cn tk"
    " ml ga cf gq pw cc su re gp mq gf yt nc pf paris bzh corsica alsace be ch lu de uk us ca health care tel"
)
_SITE: Final = re.compile(
    r"(?<![\w@.-])(?:(?:https?://|(?=www\.))((?:[\w-]+\.)+[a-z]{2,})|((?:[\w-]+\.)+(?:"
    + "|".join(_DOMAINS.split())
    + r")))(?::\d+)?(/[\w./~%-]*)?(?![\w@])",
    re.I,
)
"""A site with its scheme or `www.`, or a bare name that ends as sites do: `St.Jean` is a name."""

_WRAPPED_NUMBER: Final = re.compile(r"(?<![\w@])0[1-9](?:[\s.\u00a0\u202f-]{0,2}\d\d){4}(?!\w)")
_NUMBER: Final = re.compile(r"(?<![\w@])\+?\(?\d(?:[ .\u00a0\u202f\u2009()/-]{0,2}\d){6,}(?!\w)")
_DAY: Final = re.compile(r"(?<![\d/.-])(?:\d\d?[/.-]\d\d?[/.-]\d{4}|\d{4}-\d\d-\d\d)(?![\d/-])")
_SHORT_NUMBER: Final = re.compile(r"(?<![\w.,-])3\d[ \u00a0\u202f]?\d\d(?![\w,-])")


class NoticeError(Exception):
    """What was given cannot be read or checked; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a notice carries for machines: the sender's fields, the code, a signature. No person."""

    code: str
    case: str
    issuer: str
    date: str
    phone: str
    email: str
    signature: bytes = field(repr=False)

    def fields(self) -> tuple[str, ...]:
        """What is signed besides the page's address, in its order."""
        return (self.code, self.case, self.issuer, self.date, self.phone, self.email)

    def text(self) -> str:
        """As a URL's fragment, a header or a QR code has it."""
        content = self.signature + "\n".join(self.fields()).encode()
        return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of one notice. `contacts` are the sender's; `foreign` ones stand in it and are not."""

    verdict: str
    issuer: str = ""
    case: str = ""
    contacts: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    is_signed: bool = False
    key: str = ""


class Published:
    """What the sender published: `read` gives the bytes of one of its files, by name."""

    def __init__(self, read: Callable[[str], bytes], key: str = "") -> None:
        self._read = read
        try:
            document = json.loads(read("notice.json"))
            signed, signature = document["signed"], bytes.fromhex(document["signature"])
            self._head: dict[str, Any] = json.loads(signed)
            self.key = str(self._head["key"])
            held = verify_ed25519(bytes.fromhex(self.key), signed.encode(), signature)
        except (KeyError, TypeError, ValueError) as error:
            raise NoticeError(
                "notice.json cannot be read: ask the sender for the published folder"
            ) from error
        if not held or (key and key.lower() != self.key):
            raise NoticeError("notice.json is not signed by that key: it was altered, or is not the sender's")
        self.issuer, self.case = str(self._head["issuer"]), str(self._head["case"])
        self.page = str(self._head["page"])
        self.contacts = tuple(str(contact) for contact in self._head["contacts"])

    def holds(self, code: str) -> bool:
        """Whether the code was issued: one file of digests is read, the same for thousands of other codes."""
        digest = published_digest(self.case, code)
        name = prefix_of(digest, int(self._head["prefix_bits"]))
        return digest.encode() in self._read(f"codes/{name}").split()

    def signed(self, proof: Proof) -> bool:
        """Whether the sender signed these very fields, for this page."""
        text = SIGNED_AS + "\n".join((*proof.fields(), self.page)).encode()
        return verify_ed25519(bytes.fromhex(self.key), text, proof.signature)

    def answer(self, verdict: str, *, foreign: Iterable[str] = (), is_signed: bool = False) -> Answer:
        """With what the sender says of itself."""
        return Answer(verdict, self.issuer, self.case, self.contacts, tuple(foreign), is_signed, self.key)


def check_text(published: Published, typed: str) -> Answer:
    """A code as it was typed, or the address that a QR code holds."""
    proof = read_proof(typed.rpartition("#")[2]) if "#" in typed else None
    if proof is not None:
        is_signed = published.signed(proof)
        known = is_signed and published.holds(proof.code)
        page = typed.rpartition("#")[0]
        is_ours = not page or page.rstrip("/") == published.page.rstrip("/")
        return published.answer(GENUINE if known and is_ours else ALTERED, is_signed=is_signed)
    code = read_code(typed)
    if code is None:
        return published.answer(NOT_A_CODE)
    return published.answer(GENUINE if published.holds(code) else UNKNOWN)


def check_document(published: Published, content: bytes) -> Answer:
    """A whole notice: its code is listed, its proof is the sender's, it names no other contact point."""
    text, proof_text = readable(content)
    codes = {code for code in map(read_code, _CODE.findall(text)) if code}
    proof = read_proof(proof_text) if proof_text else None
    foreign = sorted(contact_points(text) - set(published.contacts))
    is_signed = proof is not None and published.signed(proof)
    if proof_text and (not is_signed or proof is None or codes != {proof.code}):
        return published.answer(ALTERED, foreign=foreign, is_signed=is_signed)
    if foreign:
        return published.answer(ALTERED, foreign=foreign, is_signed=is_signed)
    if len(codes) != 1:
        return published.answer(NOT_A_CODE)
    return published.answer(GENUINE if published.holds(codes.pop()) else UNKNOWN, is_signed=is_signed)


def contact_points(text: str) -> set[str]:
    """Telephone numbers, mailboxes and sites of a text, spelt one way: what a false letter has to change."""
    text = _DAY.sub(" ", _CODE.sub(" ", text))
    mailboxes = {found.lower().rstrip(".") for found in _EMAIL.findall(text)}
    text = _EMAIL.sub(" ", text)
    sites = {(named or bare).lower() + path.rstrip("/.") for named, bare, path in _SITE.findall(text)}
    text = _SITE.sub(" ", text)
    numbers = set()
    for pattern in (_WRAPPED_NUMBER, _NUMBER, _SHORT_NUMBER):
        numbers |= {_number(found) for found in pattern.findall(text)}
        text = pattern.sub(" ", text)
    return mailboxes | sites | numbers


def _number(written: str) -> str:
    digits = re.sub(r"\D", "", written.replace("(0)", ""))
    return "0" + digits[2:] if re.fullmatch(r"33\d{9}", digits) else digits


def readable(content: bytes) -> tuple[str, str]:
    """Text of a notice (text, HTML, an e-mail; a PDF where pypdf is installed), and its proof or nothing."""
    if len(content) > MOST_BYTES:
        raise NoticeError("the file is too large to be a notice")
    if content.startswith(b"%PDF-"):
        return _of_pdf(content)
    text = content.decode("utf-8-sig", "replace")
    if re.match(r"[A-Za-z-]+: |From ", text):
        return _of_message(content)
    return _of_page(text) if "<html" in text[:2000].lower() else (text, "")


def _of_page(page: str) -> tuple[str, str]:
    proof = _META.search(page)
    return html.unescape(_TAG.sub(" ", page)), proof[1] if proof else ""


def _of_message(content: bytes) -> tuple[str, str]:
    message = email.message_from_bytes(content, policy=email.policy.default)
    parts = [
        (part.get_content_subtype(), str(part.get_content()))
        for part in message.walk()
        if part.get_content_maintype() == "text"
    ]
    texts = [_of_page(text)[0] if kind == "html" else text for kind, text in parts]
    return "\n".join(texts), re.sub(r"\s", "", str(message.get(PROOF_HEADER, "")))


def _of_pdf(content: bytes) -> tuple[str, str]:
    try:
        pypdf = importlib.import_module("pypdf")
    except ImportError:
        raise NoticeError("a PDF needs pypdf (pip install pypdf); or type the code that it holds") from None
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        text = "\n".join(page.extract_text() for page in reader.pages[:20])
        keywords = str(reader.metadata.get("/Keywords", "")) if reader.metadata else ""
    except Exception as error:  # pypdf raises what the file makes it raise; the file is somebody else's
        raise NoticeError(
            f"the PDF cannot be read ({type(error).__name__}); type the code that it holds"
        ) from None
    return text, keywords.strip()


def read_code(typed: str) -> str | None:
    """What somebody typed, as a code; None when it cannot be one."""
    code = typed.upper().translate(_LOOKALIKES)
    if len(code) != _CODE_LENGTH or any(character not in ALPHABET for character in code):
        return None
    return code if check_character(code[:-1]) == code[-1] else None


def check_character(body: str) -> str:
    """Luhn, modulo 32: every wrong character is seen, and every swap of neighbours but 0 with Z."""
    total = 0
    for place, character in enumerate(reversed(body)):
        value = ALPHABET.index(character) * (1 if place % 2 else 2)
        total += value // 32 + value % 32
    return ALPHABET[-total % 32]


def read_proof(text: str) -> Proof | None:
    """A proof as it is carried; None when it is none."""
    try:
        content = base64.urlsafe_b64decode(text.strip() + "=" * (-len(text.strip()) % 4))
        code, case, issuer, date, phone, mailbox = content[_SIGNATURE_BYTES:].decode().split("\n")
    except (binascii.Error, ValueError):
        return None
    return Proof(code, case, issuer, date, phone, mailbox, content[:_SIGNATURE_BYTES])


def published_digest(case: str, code: str) -> str:
    """What is published of a code: SHA-256 of case and code, 24 hexadecimal digits of it."""
    return hashlib.sha256(f"{case}\0{code}".encode()).hexdigest()[:24]


def prefix_of(digest: str, bits: int) -> str:
    """The name of the file that would hold a digest: its first bits, in hexadecimal."""
    return f"{int(digest[:4], 16) >> (16 - bits):0{(bits + 3) // 4}x}"


def folder_reader(folder: Path) -> Callable[[str], bytes]:
    """Reads the files of a published folder. A file that is missing or too large raises NoticeError."""

    def read(name: str) -> bytes:
        path = folder / name
        try:
            with path.open("rb") as file:
                return file.read(MOST_BYTES)
        except OSError as error:
            raise NoticeError(f"{name} cannot be read in the published folder ({error.strerror})") from None

    return read


# Ed25519, verification alone (RFC 8032, section 5.1.7), in extended coordinates (section 5.1.4).
_P: Final = 2**255 - 19
_L: Final = 2**252 + 27742317777372353535851937790883648493
_D: Final = -121665 * pow(121666, -1, _P) % _P
_I: Final = pow(2, (_P - 1) // 4, _P)
_Point = tuple[int, int, int, int]


def _add(one: _Point, other: _Point) -> _Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % _P
    b = (one[1] + one[0]) * (other[1] + other[0]) % _P
    c = 2 * one[3] * other[3] * _D % _P
    d = 2 * one[2] * other[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _times(scalar: int, point: _Point) -> _Point:
    total: _Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = _add(total, point)
        point = _add(point, point)
        scalar >>= 1
    return total


def _decoded(octets: bytes) -> _Point | None:
    y = int.from_bytes(octets, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    x = x if (x * x - square) % _P == 0 else x * _I % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    x = x if x & 1 == sign else _P - x
    return (x, y, 1, x * y % _P)


def verify_ed25519(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature is the key's over the message."""
    if len(key) != 32 or len(signature) != _SIGNATURE_BYTES:
        return False
    public, nonce = _decoded(key), _decoded(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    base = _decoded((4 * pow(5, -1, _P) % _P).to_bytes(32, "little"))
    if public is None or nonce is None or base is None or scalar >= _L:
        return False
    digest = hashlib.sha512(signature[:32] + key + message).digest()
    challenge = int.from_bytes(digest, "little") % _L
    left, right = _times(scalar, base), _add(nonce, _times(challenge, public))
    return (left[0] * right[2] - right[0] * left[2]) % _P == 0 and (
        left[1] * right[2] - right[1] * left[2]
    ) % _P == 0


def told(answer: Answer, lang: str) -> list[str]:
    """The answer in words, one line each."""
    words = WORDS[lang]
    lines = [words[answer.verdict].format(issuer=answer.issuer, case=answer.case)]
    if answer.foreign:
        lines.append(words["foreign"].format(contacts=", ".join(map(_spaced, answer.foreign))))
    if answer.contacts:
        lines.append(words["contacts"].format(contacts=", ".join(map(_spaced, answer.contacts))))
    return [*lines, words["never"], words["key"].format(key=answer.key)]


def _spaced(contact: str) -> str:
    """A telephone number as it is printed, two digits at a time, so that it can be compared."""
    return " ".join(re.findall("..", contact)) if re.fullmatch(r"0\d{9}", contact) else contact


def main(arguments: list[str]) -> int:
    """0 genuine, 1 not, 2 when it could not be checked."""
    folder = Path(__file__).resolve().parent
    if arguments[:1] == ["--against"]:
        folder, arguments = Path(arguments[1]), arguments[2:]
    if len(arguments) != 1:
        sys.stderr.write("usage: verify_notice.py [--against DIR] CODE|FILE\n")
        return 2
    [given] = arguments
    try:
        published = Published(folder_reader(folder))
        file = Path(given)
        answer = (
            check_document(published, file.read_bytes()) if file.is_file() else check_text(published, given)
        )
    except (NoticeError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for lang in ("fr", "en"):
        sys.stdout.write("\n".join(told(answer, lang)) + "\n\n")
    return 0 if answer.verdict == GENUINE else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
