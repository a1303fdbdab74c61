# SPDX-License-Identifier: Apache-2.0
"""Compound files ([MS-CFB]), the container of XLS and MSG, opened through olefile (extra `scan`)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Protocol, cast

from tocsin.scope.profiles.content import Content, Unreadable


class OleFile(Protocol):
    """What is used of olefile."""

    def listdir(self, *, streams: bool = True, storages: bool = False) -> list[list[str]]:
        """Paths in it."""

    def openstream(self, filename: list[str]) -> io.BytesIO:
        """One stream."""


@contextmanager
def open_ole(content: Content) -> Iterator[OleFile]:
    """The compound file. Raises Unreadable, also for whatever the library raises within."""
    try:
        library = import_module("olefile")
    except ImportError:
        raise Unreadable("no_extra") from None
    held = content.whole()
    try:
        with library.OleFileIO(held) as file:
            yield cast("OleFile", file)
    except Unreadable:
        raise
    except Exception as error:  # the library raises anything on what is not quite a compound file
        raise Unreadable("damaged", detail=type(error).__name__) from None
