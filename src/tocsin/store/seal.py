# SPDX-License-Identifier: Apache-2.0
"""The case's key, and what it seals.

With `[seal] recipients` (X25519 public keys, base64), tables that identify persons are encrypted Parquet
under a random key of the case; the key is kept only wrapped to each recipient
(`seal/<n>.wrapped`, NaCl sealed boxes). A session opens it with a private key file named by
`TOCSIN_KEY_FILE` or `[seal] key_file`. Without recipients nothing is sealed, and the report says so.
"""

from __future__ import annotations

import base64
import binascii
import os
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

KEY_BYTES = 32
KEY_VARIABLE = "TOCSIN_KEY_FILE"


@dataclass(frozen=True, slots=True)
class CaseKey:
    """The key that opens what identifies persons; its repr is blind."""

    _key: Secret = field(repr=False)

    def encryption(self) -> parquet_encryption.FileEncryptionProperties:
        """For the Parquet writer: footer and all columns under the one key, AES-GCM."""
        return parquet_encryption.create_encryption_properties(footer_key=self._bytes())

    def decryption(self) -> parquet_encryption.FileDecryptionProperties:
        """For the Parquet reader."""
        return parquet_encryption.create_decryption_properties(footer_key=self._bytes())

    def _bytes(self) -> bytes:
        return bytes.fromhex(self._key.reveal())


def is_sealed(table: Table, *, local_ids_identify: bool) -> bool:
    """Whether a sealed case encrypts this table."""
    held = {column.sensitivity for column in table.columns}
    return Sensitivity.IDENTITY in held or (local_ids_identify and Sensitivity.LOCAL_ID in held)


def open_key(folder: Path, settings: SealSettings) -> CaseKey | None:
    """The case's key, made and wrapped on first use; None when the case is not sealed.

    Raises InputError when the case is sealed and no private key opens it.
    """
    if not settings.recipients:
        return None
    wraps = sorted((folder / "seal").glob("*.wrapped"))
    if wraps:
        return _unwrap(wraps, settings)
    key = os.urandom(KEY_BYTES)
    (folder / "seal").mkdir(parents=True, exist_ok=True)
    for number, recipient in enumerate(settings.recipients, start=1):
        wrapped = SealedBox(_public_key(recipient)).encrypt(key)
        temporary = folder / "seal" / f".{number}.tmp"
        temporary.write_bytes(wrapped)
        temporary.replace(folder / "seal" / f"{number}.wrapped")
    return CaseKey(Secret(key.hex()))


def make_key_pair(private_path: Path) -> str:
    """Write a new private key (mode 600) and return its public key for `recipients`."""
    private = PrivateKey.generate()
    descriptor = os.open(private_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(base64.b64encode(bytes(private)) + b"\n")
    return base64.b64encode(bytes(private.public_key)).decode()


def _unwrap(wraps: list[Path], settings: SealSettings) -> CaseKey:
    named = os.environ.get(KEY_VARIABLE) or settings.key_file
    if not named:
        raise InputError(
            "The case is sealed.", do=f"Name your private key file in {KEY_VARIABLE}.", code="case_sealed"
        )
    box = SealedBox(_private_key(Path(named)))
    for wrap in wraps:
        try:
            return CaseKey(Secret(box.decrypt(wrap.read_bytes()).hex()))
        except CryptoError:
            continue  # wrapped to another recipient
    raise InputError("This private key does not open the case.", do="Use a recipient's key.", where=named)


def _private_key(path: Path) -> PrivateKey:
    try:
        return PrivateKey(base64.b64decode(path.read_bytes().strip(), validate=True))
    except FileNotFoundError:
        raise InputError("There is no such key file.", do=f"Check {KEY_VARIABLE}.", where=path) from None
    except (binascii.Error, ValueError, TypeError, CryptoError):
        raise InputError(
            "This is not a private key file.", do="Use one made by `tocsin case keygen`.", where=path
        ) from None


def _public_key(text: str) -> PublicKey:
    try:
        return PublicKey(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError, TypeError, CryptoError):
        raise InputError(
            "A recipient of [seal] is not a public key.", do="Use what keygen printed."
        ) from None
