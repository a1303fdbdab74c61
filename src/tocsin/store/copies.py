# SPDX-License-Identifier: Apache-2.0
"""Encrypted copies of inputs: `evidence/copies/<sha256 of the content>.sealed`.

libsodium's secretstream (XChaCha20-Poly1305) under the case's key, a piece at a time: a copy that was cut,
altered or put together from others does not open. The original's digest names the copy, so the same content
is kept once, and a file that changes while it is copied is told.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from nacl import bindings

from tocsin.core.errors import InputError
from tocsin.core.words import _
from tocsin.journal.chain import sync
from tocsin.store.case import Case
from tocsin.store.seal import CaseKey

MAGIC = b"TOCSIN copy 1\n"
PIECE = 1 << 20
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SEALED_PIECE = PIECE + bindings.crypto_secretstream_xchacha20poly1305_ABYTES
_PUSHED = bindings.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_FINAL = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL


def copy_path(folder: Path, digest: str) -> Path:
    """Where the copy of this content stands, in the case's folder."""
    return folder / "evidence" / "copies" / f"{digest}.sealed"


def keep_copy(folder: Path, original: Path, digest: str, key: CaseKey) -> Path:
    """Keep an encrypted copy of a file; one that is there is left as it is.

    Raises InputError when the file is no longer what `digest` (SHA-256, hexadecimal) says.
    """
    target = copy_path(folder, digest)
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_suffix(".writing")
    with original.open("rb") as source, temporary.open("wb") as sink:
        copied = _seal(source, sink, key)
    if copied != digest:
        temporary.unlink()
        raise InputError(
            _("This file changed while it was being copied."),
            do=_("Run again, on a copy if it goes on changing."),
            where=original,
            code="file_changed",
        )
    sync(temporary)
    temporary.replace(target)
    sync(target.parent)
    return target


def open_copy(copy: Path, key: CaseKey) -> Iterator[bytes]:
    """The content of a copy, piece by piece; raises InputError when it is not whole or not under this key."""
    with copy.open("rb") as source:
        try:
            yield from _pieces(source, key)
        except (RuntimeError, ValueError, TypeError):
            raise InputError(
                _("This copy is not whole, or was made under another key."),
                do=_("Take it from where the case was kept."),
                where=copy,
                code="copy_altered",
            ) from None


def _pieces(source: BinaryIO, key: CaseKey) -> Iterator[bytes]:
    """Raises ValueError, or what libsodium's binding raises, where the copy is not what was sealed."""
    if source.read(len(MAGIC)) != MAGIC:
        raise ValueError
    header = source.read(bindings.crypto_secretstream_xchacha20poly1305_HEADERBYTES)
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    bindings.crypto_secretstream_xchacha20poly1305_init_pull(state, header, key.for_copies())
    tag = None
    while tag != _FINAL:
        piece, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(state, source.read(_SEALED_PIECE))
        yield piece
    if source.read(1):
        raise ValueError


def restore_copy(case: Case, digest: str, target: Path) -> int:
    """Write what a copy holds; returns its bytes. Raises InputError, with nothing written, when it cannot."""
    copy = copy_path(case.folder, digest)
    if not _DIGEST.fullmatch(digest) or not copy.exists() or case.key is None:
        raise InputError(
            _("There is no copy of this SHA-256 that this case's key opens."),
            do=_("Look it up in evidence/inputs.json."),
            where=case.folder,
            code="no_copy",
        )
    temporary = target.with_name(f".{target.name}.writing")
    try:
        with temporary.open("xb") as sink:
            for piece in open_copy(copy, case.key):
                sink.write(piece)
        size = temporary.stat().st_size
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    return size


def _seal(source: BinaryIO, sink: BinaryIO, key: CaseKey) -> str:
    """Write the sealed content; returns the digest of what was read."""
    digest = hashlib.sha256()
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    sink.write(MAGIC)
    sink.write(bindings.crypto_secretstream_xchacha20poly1305_init_push(state, key.for_copies()))
    piece = source.read(PIECE)
    while True:
        following = source.read(PIECE)
        digest.update(piece)
        tag = _PUSHED if following else _FINAL
        sink.write(bindings.crypto_secretstream_xchacha20poly1305_push(state, piece, None, tag))
        if not following:
            return digest.hexdigest()
        piece = following
