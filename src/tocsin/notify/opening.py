# SPDX-License-Identifier: Apache-2.0
"""Opens what a case handed over: a pack of a controller, a chunk of letters or of messages; without a case.

Only what the signed part of the manifest says is believed. Nothing is written before every file has been
checked and opened, and nothing past the day by which the pack had to be destroyed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from nacl.exceptions import BadSignatureError, CryptoError
from nacl.public import PrivateKey, SealedBox
from nacl.signing import VerifyKey

from tocsin.core.errors import InputError
from tocsin.core.words import _, visible
from tocsin.journal.chain import sync

MANIFEST: Final = "manifest.json"
SEALED: Final = ".sealed"
_MOST_BYTES: Final = 1 << 20
"""Of a manifest."""


@dataclass(frozen=True, slots=True)
class Pack:
    """What its sender signed."""

    folder: Path
    files: Mapping[str, str]
    """SHA-256 by name."""

    purpose: str
    destroy_by: date
    key: str
    """The sender's, 64 hexadecimal digits: whoever knows it from elsewhere compares."""

    said: Mapping[str, Any]

    @property
    def is_sealed(self) -> bool:
        """Whether a private key is needed."""
        return any(name.endswith(SEALED) for name in self.files)


@dataclass(frozen=True, slots=True)
class Opened:
    """What was written."""

    files: tuple[str, ...]
    unsigned: tuple[str, ...]
    """Files beside the manifest that it does not name: left where they are."""


def read_pack(folder: Path, sender: str = "") -> Pack:
    """Check manifest, signature and every file. Raises InputError that says which of them fails.

    `sender` is the sender's public key as known from elsewhere; without it the pack vouches for itself alone.
    """
    signed, key = _signed(folder / MANIFEST)
    if sender and sender.strip().lower() != key:
        raise _refused(folder, _("Another key than the sender's signed this pack."), "other_sender")
    try:
        said = json.loads(signed)
        files = {str(name): str(digest) for name, digest in said["files"].items()}
        destroy_by = date.fromisoformat(said["destroy_by"])
        purpose = visible(str(said["purpose"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _refused(folder, _("The manifest does not say what a manifest says."), "bad_manifest") from None
    pack = Pack(folder, files, purpose, destroy_by, key, said)
    for name, digest in files.items():
        _check_file(pack, name, digest)
    return pack


def refuse_past_term(pack: Pack, today: date) -> None:
    """Raise InputError after the last day: what should be destroyed is not opened."""
    if today > pack.destroy_by:
        raise InputError(
            _("This pack had to be destroyed by {day}: it is not opened."),
            do=_("Destroy it, and ask its sender for another one if you still need it."),
            where=pack.folder,
            code="past_term",
            day=pack.destroy_by.isoformat(),
        )


def open_pack(pack: Pack, private: Path | None, target: Path) -> Opened:
    """Write what stands in it, opened, to a new or an empty folder, for its owner alone.

    Raises InputError without the right key, or for a folder that holds something.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InputError(
            _("The folder holds something already."),
            do=_("Name a new or an empty folder with --to."),
            where=target,
            code="folder_not_empty",
        )
    box = _box(pack, private) if pack.is_sealed else None
    making = target.with_name(f".{target.name}.tmp")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True, mode=0o700)
    try:
        names = tuple(_write_opened(pack, name, making, box) for name in pack.files)
        _write(making / MANIFEST, (pack.folder / MANIFEST).read_bytes())
        if target.exists():
            target.rmdir()
        making.replace(target)
        sync(target.parent)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    beside = {path.name for path in pack.folder.iterdir() if path.is_file()} - {MANIFEST, *pack.files}
    return Opened(names, tuple(sorted(beside)))


def _signed(path: Path) -> tuple[str, str]:
    """The signed text and the key that signed it."""
    try:
        with path.open("rb") as file:
            told = json.loads(file.read(_MOST_BYTES + 1))
        signed, key = str(told["signed"]), str(told["key"]).lower()
        VerifyKey(bytes.fromhex(key)).verify(signed.encode(), bytes.fromhex(told["signature"]))
    except FileNotFoundError:
        raise InputError(
            _("There is no manifest: this is no pack."),
            do=_("Name the folder that holds manifest.json."),
            where=path.parent,
            code="no_manifest",
        ) from None
    except BadSignatureError:
        raise _refused(path, _("The manifest was changed: its signature does not hold."), "altered") from None
    except (OSError, ValueError, KeyError, TypeError, CryptoError):
        raise _refused(path, _("The manifest does not say what a manifest says."), "bad_manifest") from None
    return signed, key


def _check_file(pack: Pack, name: str, digest: str) -> None:
    if Path(name).name != name or name.startswith("."):
        raise _refused(pack.folder, _("The manifest names a file outside of the pack."), "bad_name")
    path = pack.folder / name
    if not path.is_file() or path.is_symlink():
        raise _refused(path, _("A file of the pack is missing."), "missing_file")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != digest:
        raise _refused(path, _("A file of the pack was changed: its SHA-256 is another."), "altered")


def _box(pack: Pack, private: Path | None) -> SealedBox[PrivateKey]:
    if private is None:
        raise InputError(
            _("The pack is sealed."),
            do=_("Name your private key file with --key."),
            where=pack.folder,
            code="sealed",
        )
    try:
        return SealedBox(PrivateKey(base64.b64decode(private.read_bytes().strip(), validate=True)))
    except FileNotFoundError:
        raise InputError(
            _("There is no such key file."), do=_("Check the path."), where=private, code="no_file"
        ) from None
    except (OSError, binascii.Error, ValueError, TypeError, CryptoError):
        raise InputError(
            _("This is not a private key file."),
            do=_("Use one made by `tocsin case keygen`."),
            where=private,
            code="bad_key",
        ) from None


def _write_opened(pack: Pack, name: str, folder: Path, box: SealedBox[PrivateKey] | None) -> str:
    content = (pack.folder / name).read_bytes()
    if box is None or not name.endswith(SEALED):
        _write(folder / name, content)
        return name
    try:
        opened = box.decrypt(content)
    except (CryptoError, ValueError):
        raise InputError(
            _("This private key does not open the pack."),
            do=_("Use the key whose public half its sender has."),
            where=pack.folder,
            code="wrong_key",
        ) from None
    _write(folder / name.removesuffix(SEALED), bytes(opened))
    return name.removesuffix(SEALED)


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    sync(path)


def _refused(where: Path, what: str, code: str) -> InputError:
    return InputError(what, do=_("Do not use it. Ask its sender for another one."), where=where, code=code)
