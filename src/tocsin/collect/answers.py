# SPDX-License-Identifier: Apache-2.0
"""Answers in JSON: the few members that are needed, and the records as the bytes they came in."""

from __future__ import annotations

import hashlib
from typing import TypeVar

import msgspec

from tocsin.core.errors import MachineError, SettingsError
from tocsin.core.words import _, visible

T = TypeVar("T")


def decoded(body: bytes, kind: type[T], name: str) -> T:
    """The answer as that struct; raises MachineError (`bad_answer`) when it is cut, or is something else."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise unreadable(name) from None


def unreadable(name: str) -> MachineError:
    """The error for an answer that is cut, or is something else."""
    return MachineError(
        _("The place of the source '{name}' gave an answer that cannot be read to its end."),
        do=_("The page was not taken. Run again; check that `url` is the API's."),
        code="bad_answer",
        name=name,
    )


def one_line(raw: msgspec.Raw | bytes) -> bytes:
    """A JSON value as one line: a line end stands only between its signs, as space (RFC 8259 §2)."""
    return bytes(raw).replace(b"\r", b" ").replace(b"\n", b" ").strip() + b"\n"


def digest(*parts: bytes) -> str:
    """Sixteen hexadecimal signs that stand for a record, so that no value of it is kept in a position."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()[:16]


def read_position(text: str | None, kind: type[T], name: str) -> T | None:
    """The position of an earlier page; raises SettingsError when it was given by other settings."""
    if text is None:
        return None
    try:
        return msgspec.json.decode(text.encode(), type=kind)
    except msgspec.DecodeError:
        raise SettingsError(
            _("What was collected before for the source '{name}' was collected from another kind of place."),
            do=_("Give the source another name."),
            code="other_position",
            name=name,
        ) from None


def written_position(position: msgspec.Struct) -> str:
    """A position as text."""
    return msgspec.json.encode(position).decode()


def partial(name: str, said: str) -> MachineError:
    """The error for an answer that its place itself calls incomplete, in the place's short word for it."""
    return MachineError(
        _("The place of the source '{name}' says that its answer is incomplete ({said})."),
        do=_("The page was not taken. Run again when the place is well."),
        code="partial_answer",
        name=name,
        said=visible(said)[:200],
    )
