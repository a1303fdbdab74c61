# SPDX-License-Identifier: Apache-2.0
"""Whether a message that came back from the seed list was signed by our relay, and still holds (DKIM).

RFC 6376 (canonicalization, hashes, rsa-sha256) and RFC 8463 (ed25519-sha256). No name server is asked
anything: the key is given as its record, as `dig +short TXT` prints it. Without it the body alone is checked.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from nacl.exceptions import BadSignatureError, CryptoError
from nacl.signing import VerifyKey

from tocsin.notify.genuine.verify_notice import PROOF_HEADER

WANTED: Final = ("from", "to", "subject", "date", "message-id", "content-type", PROOF_HEADER.lower())
"""Headers that somebody could change unseen unless the signature covers them."""

_SHA256_INFO: Final = bytes.fromhex("3031300d060960864801650304020105000420")
"""DigestInfo of SHA-256 (RFC 8017, section 9.2)."""

_LEAST_RSA_BITS: Final = 1024
_ADDRESS: Final = re.compile(r"[^\s<>@]+@([A-Za-z0-9.-]+)")
_HEADER: Final = re.compile(rb"([!-9;-~]+)[ \t]*:(.*)", re.DOTALL)
_SIGNED: Final = re.compile(rb"((?:^|;)[ \t\r\n]*b[ \t\r\n]*=)[^;]*")

Headers = Sequence[tuple[str, bytes]]
"""Name in lower case, and the header whole as it stands, without its last end of line."""


class State(StrEnum):
    """What became of one signature."""

    VALID = "valid"
    NO_KEY = "no_key"
    """The body is as it was signed; without the key's record no more can be told."""

    BODY_CHANGED = "body_changed"
    BAD_SIGNATURE = "bad_signature"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature of a message."""

    domain: str
    selector: str
    state: State
    is_aligned: bool
    """Whether it is of the sender's own domain, or of one above it (RFC 7489, section 3.1.1)."""

    uncovered: tuple[str, ...]
    """Of WANTED, what stands in the message and is not signed."""

    @property
    def record_name(self) -> str:
        """Where its key is published."""
        return f"{self.selector}._domainkey.{self.domain}"


def check_message(raw: bytes, record: str = "") -> list[Signature]:
    """Every DKIM signature, the topmost first; `record` is the text of the key's TXT record.

    Raises nothing for hostile input: what cannot be read is malformed.
    """
    headers, body = _taken_apart(raw)
    sender = _domain_of(headers)
    return [
        _check(headers, body, value, sender, record) for name, value in headers if name == "dkim-signature"
    ]


def _check(headers: Headers, body: bytes, value: bytes, sender: str, record: str) -> Signature:
    try:
        tags = _tags(value.partition(b":")[2].decode("ascii"))
        named = [one.strip().lower() for one in tags["h"].split(":")]
        domain, selector = tags["d"].lower(), tags["s"]
        state = _state(headers, body, value, tags, named, record)
    except (KeyError, ValueError, UnicodeError, binascii.Error):
        return Signature("", "", State.MALFORMED, is_aligned=False, uncovered=())
    present = {name for name, _value in headers}
    uncovered = tuple(one for one in WANTED if one in present and one not in named)
    is_aligned = bool(sender) and (sender == domain or sender.endswith(f".{domain}"))
    return Signature(domain, selector, state, is_aligned, uncovered)


def _state(
    headers: Headers,
    body: bytes,
    value: bytes,
    tags: Mapping[str, str],
    named: Sequence[str],
    record: str,
) -> State:
    head_kind, _slash, body_kind = tags.get("c", "simple/simple").partition("/")
    canonical = _body(body, body_kind or "simple")
    if "l" in tags:
        canonical = canonical[: int(tags["l"])]
    if hashlib.sha256(canonical).digest() != base64.b64decode(_whole(tags["bh"]), validate=True):
        return State.BODY_CHANGED
    if not record.strip():
        return State.NO_KEY
    signed = b"".join(_header(one, head_kind) + b"\r\n" for one in _chosen(headers, named))
    signed += _header(_SIGNED.sub(rb"\1", value, count=1), head_kind)
    signature = base64.b64decode(_whole(tags["b"]), validate=True)
    holds = _holds(tags["a"], _tags(_unquoted(record)), signed, signature)
    return State.VALID if holds else State.BAD_SIGNATURE


def _holds(algorithm: str, key: Mapping[str, str], signed: bytes, signature: bytes) -> bool:
    digest = hashlib.sha256(signed).digest()
    public = base64.b64decode(_whole(key["p"]), validate=True)
    if algorithm == "ed25519-sha256" and key.get("k") == "ed25519":
        try:
            VerifyKey(public).verify(digest, signature)
        except (BadSignatureError, CryptoError, ValueError, TypeError):
            return False
        return True
    if algorithm == "rsa-sha256" and key.get("k", "rsa") == "rsa":
        return _rsa_holds(public, digest, signature)
    return False


def _rsa_holds(public: bytes, digest: bytes, signature: bytes) -> bool:
    """RSASSA-PKCS1-v1_5 (RFC 8017, section 8.2.2): the block is made anew and compared whole."""
    modulus, exponent = _rsa_numbers(public)
    size = (modulus.bit_length() + 7) // 8
    if modulus.bit_length() < _LEAST_RSA_BITS or len(signature) != size:
        return False
    told = _SHA256_INFO + digest
    block = b"\x00\x01" + b"\xff" * (size - len(told) - 3) + b"\x00" + told
    return pow(int.from_bytes(signature), exponent, modulus).to_bytes(size) == block


def _rsa_numbers(public: bytes) -> tuple[int, int]:
    """Modulus and exponent of a SubjectPublicKeyInfo (RFC 5280), or of a bare RSAPublicKey (RFC 8017)."""
    inner = _der(public, 0x30)[0]
    if inner[:1] == b"\x30":
        _algorithm, rest = _der(inner, 0x30)
        inner = _der(_der(rest, 0x03)[0][1:], 0x30)[0]
    modulus, rest = _der(inner, 0x02)
    return int.from_bytes(modulus), int.from_bytes(_der(rest, 0x02)[0])


def _der(text: bytes, tag: int) -> tuple[bytes, bytes]:
    """The content of the first element, and what follows. Raises ValueError for another tag or a cut one."""
    if len(text) < 2 or text[0] != tag:
        raise ValueError("tag")
    size, start = text[1], 2
    if size & 0x80:
        start = 2 + (size & 0x7F)
        size = int.from_bytes(text[2:start])
    if len(text) < start + size:
        raise ValueError("size")
    return text[start : start + size], text[start + size :]


def _taken_apart(raw: bytes) -> tuple[list[tuple[str, bytes]], bytes]:
    """Headers and body, with the ends of lines that mail has, whatever the file was saved with."""
    whole = re.sub(rb"\r?\n", b"\r\n", raw)
    head, _blank, body = whole.partition(b"\r\n\r\n")
    headers = []
    for line in re.split(rb"\r\n(?![ \t])", head):
        found = _HEADER.fullmatch(line)
        if found:
            headers.append((found[1].decode("ascii").lower(), line))
    return headers, body


def _domain_of(headers: Headers) -> str:
    """Of the one From that there is; none of two."""
    senders = [value for name, value in headers if name == "from"]
    found = _ADDRESS.findall(senders[0].decode("utf-8", "replace")) if len(senders) == 1 else []
    return found[-1].lower() if found else ""


def _tags(text: str) -> dict[str, str]:
    """Tags of a list (RFC 6376, section 3.2). Raises ValueError for one that stands twice."""
    found: dict[str, str] = {}
    for part in text.split(";"):
        name, _sign, value = part.partition("=")
        if name.strip():
            if name.strip() in found:
                raise ValueError("twice")
            found[name.strip()] = value.strip()
    return found


def _chosen(headers: Headers, named: Sequence[str]) -> list[bytes]:
    """The headers that are signed: of several of one name the lowest first; a lacking one is nothing."""
    left: dict[str, list[bytes]] = {}
    for name, value in headers:
        left.setdefault(name, []).append(value)
    return [left[name].pop() for name in named if left.get(name)]


def _header(line: bytes, kind: str) -> bytes:
    if kind == "simple":
        return line
    if kind != "relaxed":
        raise ValueError("canonicalization")
    name, _colon, value = line.partition(b":")
    unfolded = re.sub(rb"[ \t]+", b" ", value.replace(b"\r\n", b""))
    return name.strip().lower() + b":" + unfolded.strip(b" ")


def _body(body: bytes, kind: str) -> bytes:
    if kind == "relaxed":
        body = re.sub(rb"[ \t]+", b" ", body)
        body = re.sub(rb" +(?=\r\n|\Z)", b"", body)
    elif kind != "simple":
        raise ValueError("canonicalization")
    body = re.sub(rb"(?:\r\n)+\Z", b"", body)
    return body + b"\r\n" if body or kind == "simple" else b""


def _whole(text: str) -> str:
    return "".join(text.split())


def _unquoted(record: str) -> str:
    """As `dig +short` prints it: strings between quotes, put together."""
    strings = re.findall(r'"([^"]*)"', record)
    return "".join(strings) if strings else record
