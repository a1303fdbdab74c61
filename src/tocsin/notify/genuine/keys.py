# SPDX-License-Identifier: Apache-2.0
"""The case's signing key for notices (Ed25519, RFC 8032).

Of a sealed case it is derived from the case's key, so that nothing more has to be kept; else it is a random
seed in `notices/signing.key`, readable by its owner alone.
"""

from __future__ import annotations

import os
from typing import Final

from nacl.signing import SigningKey

from tocsin.core.errors import InputError
from tocsin.core.words import _
from tocsin.journal.chain import sync
from tocsin.store.case import Case

_SEED_BYTES: Final = 32


def signing_key(case: Case) -> SigningKey:
    """The key, made on first use. Raises InputError when its file is not one."""
    if case.key is not None:
        return SigningKey(case.key.for_notices())
    path = case.folder / "notices" / "signing.key"
    if not path.exists():
        _make_seed(case)
    seed = path.read_bytes()
    if len(seed) != _SEED_BYTES:
        raise InputError(
            _("The signing key of the notices is damaged."),
            do=_("Put it back from a copy: notices already sent can only be checked against it."),
            where=path,
            code="bad_signing_key",
        )
    return SigningKey(seed)


def public_key(case: Case) -> str:
    """What notices are checked against, 64 hexadecimal digits."""
    return bytes(signing_key(case).verify_key).hex()


def _make_seed(case: Case) -> None:
    """Whole or not at all: half a key would sign what nobody can check."""
    folder = case.folder / "notices"
    folder.mkdir(exist_ok=True)
    making = folder / ".signing.key.tmp"
    making.unlink(missing_ok=True)
    descriptor = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(os.urandom(_SEED_BYTES))
    sync(making)
    making.replace(folder / "signing.key")
    sync(folder)
