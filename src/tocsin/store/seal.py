# SPDX-License-Identifier: Apache-2.0
"""The case's key, and what it seals.

With `[seal] recipients` (X25519 public keys, base64), tables that identify persons are encrypted Parquet
under a random key of the case; the key is kept only wrapped to each recipient
(`seal/<fingerprint>.wrapped`, NaCl sealed boxes). A session opens it with a private key file named by
`TOCSIN_KEY_FILE` or `[seal] key_file`. Without recipients nothing is sealed, and the report says so.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet.encryption as parquet_encryption
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from tocsin.core.errors import InputError
from tocsin.core.secrecy import Secret
from tocsin.core.settings.case import SealSettings
from tocsin.core.tables import Table
from tocsin.core.terms import Sensitivity
from tocsin.core.words import _
from tocsin.journal.chain import sync

KEY_BYTES = 32
KEY_VARIABLE = "TOCSIN_KEY_FILE"


@dataclass(frozen=True, slots=True)
class CaseKey:
    """The key that opens what identifies persons; its repr is blind."""

    _key: Secret = field(repr=False)

    @classmethod
    def made(cls) -> CaseKey:
        """A new random key; kept nowhere unless it is wrapped."""
        return cls(Secret(os.urandom(KEY_BYTES).hex()))

    def encryption(self) -> parquet_encryption.FileEncryptionProperties:
        """For the Parquet writer: footer and all columns under the one key, AES-GCM."""
        return parquet_encryption.create_encryption_properties(footer_key=self._bytes())

    def decryption(self) -> parquet_encryption.FileDecryptionProperties:
        """For the Parquet reader."""
        return parquet_encryption.create_decryption_properties(footer_key=self._bytes())

    def for_copies(self) -> bytes:
        """A key of its own for copies of inputs: one key never serves two ciphers."""
        return hashlib.blake2b(key=self._bytes(), digest_size=KEY_BYTES, person=b"tocsin copies").digest()

    def for_notices(self) -> bytes:
        """The seed of the key that signs notices, for the same reason."""
        return hashlib.blake2b(key=self._bytes(), digest_size=KEY_BYTES, person=b"tocsin notices").digest()

    def wrapped(self, recipient: PublicKey) -> bytes:
        """The key, for the holder of the private key alone."""
        return bytes(SealedBox(recipient).encrypt(self._bytes()))

    def _bytes(self) -> bytes:
        return bytes.fromhex(self._key.reveal())


def is_sealed(table: Table, *, local_ids_identify: bool) -> bool:
    """Whether a sealed case encrypts this table."""
    held = {column.sensitivity for column in table.columns}
    return Sensitivity.IDENTITY in held or (local_ids_identify and Sensitivity.LOCAL_ID in held)


def open_key(folder: Path, settings: SealSettings, *, read_only: bool = False) -> CaseKey | None:
    """The case's key, made and wrapped on first use; None when the case is not sealed.

    A recipient who was added since receives the key, one who was taken away loses it. Raises InputError when
    the case is sealed and no private key opens it, or case.toml no longer names any recipient.
    """
    seal = folder / "seal"
    wraps = sorted(seal.glob("*.wrapped"))
    if not settings.recipients:
        if wraps:
            raise InputError(
                _("The case is sealed, and case.toml names no recipient."),
                do=_("Put [seal] recipients back: what is sealed stays so."),
                where=folder / "case.toml",
                code="case_sealed",
            )
        return None
    recipients = {_fingerprint(text): _public_key(text) for text in settings.recipients}
    if not wraps:
        return None if read_only else _make_key(seal, recipients)
    key = _unwrap(folder, wraps, settings)
    if not read_only:
        _follow_recipients(seal, key, recipients)
    return key


def make_key_pair(private_path: Path) -> str:
    """Write a new private key (mode 600) and return its public key for `recipients`."""
    private = PrivateKey.generate()
    descriptor = os.open(private_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(base64.b64encode(bytes(private)) + b"\n")
    return base64.b64encode(bytes(private.public_key)).decode()


def _make_key(seal: Path, recipients: dict[str, PublicKey]) -> CaseKey:
    """All wraps or none: a key wrapped to some recipients only would shut the others out."""
    key = CaseKey.made()
    making = seal.with_name(".seal.tmp")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(mode=0o700)
    for name, recipient in recipients.items():
        _write_wrap(making, name, key, recipient)
    if seal.exists():
        seal.rmdir()
    making.replace(seal)
    sync(seal.parent)
    return key


def _follow_recipients(seal: Path, key: CaseKey, recipients: dict[str, PublicKey]) -> None:
    for name, recipient in recipients.items():
        if not (seal / f"{name}.wrapped").exists():
            _write_wrap(seal, name, key, recipient)
    for wrap in seal.glob("*.wrapped"):
        if wrap.stem not in recipients:
            wrap.unlink()


def _write_wrap(folder: Path, name: str, key: CaseKey, recipient: PublicKey) -> None:
    temporary = folder / f".{name}.tmp"
    temporary.write_bytes(key.wrapped(recipient))
    sync(temporary)
    temporary.replace(folder / f"{name}.wrapped")
    sync(folder)


def _unwrap(folder: Path, wraps: list[Path], settings: SealSettings) -> CaseKey:
    from_environment = os.environ.get(KEY_VARIABLE)
    if not from_environment and not settings.key_file:
        raise InputError(
            _("The case is sealed."),
            do=_("Name your private key file in {variable}."),
            where=folder,
            code="case_sealed",
            variable=KEY_VARIABLE,
        )
    path = Path(from_environment) if from_environment else folder / str(settings.key_file)
    box = SealedBox(_private_key(path))
    for wrap in wraps:
        try:
            return CaseKey(Secret(box.decrypt(wrap.read_bytes()).hex()))
        except CryptoError:
            continue  # wrapped to another recipient
    raise InputError(
        _("This private key does not open the case."),
        do=_("Use the key of a recipient."),
        where=path,
        code="wrong_key",
    )


def _private_key(path: Path) -> PrivateKey:
    try:
        return PrivateKey(base64.b64decode(path.read_bytes().strip(), validate=True))
    except FileNotFoundError:
        raise InputError(
            _("There is no such key file."),
            do=_("Check {variable}."),
            where=path,
            code="no_file",
            variable=KEY_VARIABLE,
        ) from None
    except (binascii.Error, ValueError, TypeError, CryptoError):
        raise InputError(
            _("This is not a private key file."),
            do=_("Use one made by `tocsin case keygen`."),
            where=path,
            code="bad_key",
        ) from None


def _public_key(text: str) -> PublicKey:
    try:
        return PublicKey(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError, TypeError, CryptoError):
        raise InputError(
            _("A recipient of [seal] is not a public key."),
            do=_("Use what `tocsin case keygen` printed."),
            code="bad_key",
        ) from None


def _fingerprint(recipient: str) -> str:
    return hashlib.sha256(recipient.encode()).hexdigest()[:16]
