# SPDX-License-Identifier: Apache-2.0
"""One host asked over HTTPS and no other: no redirection is followed, no proxy of the environment is used.

HTTP without encryption is for this machine alone. Answers are read up to a limit, and never quoted.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from tocsin.core.errors import InputError
from tocsin.core.words import _

LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
MOST_ANSWER: Final = 32 << 20


class Answer(NamedTuple):
    """What the host said."""

    status: int
    body: bytes


class NoAnswerError(Exception):
    """The host did not answer, or not to the end: what it did with the question is not known."""


class OneHost:
    """Asks one address; each question is a connection of its own."""

    def __init__(
        self,
        url: str,
        *,
        timeout: float = 30.0,
        ca_file: Path | None = None,
        context: ssl.SSLContext | None = None,
    ) -> None:
        """Raises InputError for an address that is none, holds a password, or is not encrypted.

        `context` stands for the one that would be made of `ca_file`, where its errors are told otherwise.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise InputError(
                _("'{url}' is no address that can be asked."),
                do=_("Write it as https://host/path, without a name or a password."),
                code="bad_address",
                url=parts.hostname or "",
            )
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise InputError(
                _("An address without encryption can be answered by anybody."),
                do=_("Use the one that begins with https."),
                code="not_encrypted",
            )
        self._host, self._port, self._base = parts.hostname, parts.port, parts.path.rstrip("/")
        self._timeout = timeout
        self._context: ssl.SSLContext | None = None
        if parts.scheme == "https":
            self._context = context or ssl.create_default_context(cafile=ca_file)

    def ask(
        self, method: str, path: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One question. Raises NoAnswerError; a refusal is an answer."""
        try:
            with closing(self._connection()) as connection:
                connection.request(method, f"{self._base}/{path}", body, dict(headers or {}))
                found = connection.getresponse()
                return Answer(found.status, found.read(MOST_ANSWER))
        except (OSError, HTTPException) as error:
            raise NoAnswerError(type(error).__name__) from None

    def _connection(self) -> HTTPConnection:
        if self._context is None:
            return HTTPConnection(self._host, self._port, timeout=self._timeout)
        return HTTPSConnection(self._host, self._port, timeout=self._timeout, context=self._context)
