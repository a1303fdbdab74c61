# SPDX-License-Identifier: Apache-2.0
"""The public keys that controllers' lists are sealed to, from case.toml and its tables of controllers."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from nacl.exceptions import CryptoError
from nacl.public import PublicKey, SealedBox

from tocsin.core.errors import InputError
from tocsin.core.settings.case import ControllerSettings
from tocsin.core.words import _, visible
from tocsin.ingest.register_files import open_files, reading
from tocsin.store.case import Case
from tocsin.store.query import quote

RECIPIENT = "recipient"
_SHOWN = 3
"""Controllers that a refusal names; all of them are counted."""


def read_boxes(case: Case) -> dict[str, SealedBox[PublicKey]]:
    """By controller's id: what seals to its X25519 public key (base64). Raises InputError for a bad key."""
    return {
        controller: _box(case, controller, text)
        for settings in case.settings.controllers
        for controller, text in _given(case, settings)
    }


def refuse_open_lists(case: Case, controllers: list[str], boxes: dict[str, SealedBox[PublicKey]]) -> None:
    """Raise InputError when a sealed case would hand out a list in clear."""
    lacking = [one for one in controllers if one not in boxes]
    if case.is_sealed and lacking:
        raise InputError(
            _("The case is sealed, and {count} controllers have no key to seal their list to: {names}."),
            do=_("Give each a recipient in [[controllers]]: what `tocsin case keygen` printed for them."),
            where=case.folder / "case.toml",
            code="controller_without_key",
            count=len(lacking),
            names=", ".join(visible(one) for one in lacking[:_SHOWN]),
        )


def _given(case: Case, settings: ControllerSettings) -> Iterator[tuple[str, str]]:
    if settings.id is not None and settings.recipient:
        yield settings.id, settings.recipient
    if not settings.paths:
        return
    with case.engine() as engine:
        files = open_files(engine, case.folder, settings.paths)
        key = settings.columns.get("controller", "id")
        if RECIPIENT not in files.types or key not in files.types:
            return
        with reading(files.where):
            rows = engine.rows(
                f"select {quote(key)}, {quote(RECIPIENT)} from {files.select} "
                f"where coalesce({quote(RECIPIENT)}, '') <> ''"
            )
    for controller, text in rows:
        yield str(controller), str(text)


def _box(case: Case, controller: str, text: str) -> SealedBox[PublicKey]:
    try:
        return SealedBox(PublicKey(base64.b64decode(text.strip(), validate=True)))
    except (binascii.Error, ValueError, TypeError, CryptoError):
        raise InputError(
            _("The recipient of controller '{name}' is not a public key."),
            do=_("Give what `tocsin case keygen` printed for them."),
            where=case.folder / "case.toml",
            code="bad_key",
            name=visible(controller),
        ) from None
