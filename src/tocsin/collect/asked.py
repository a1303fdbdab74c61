# SPDX-License-Identifier: Apache-2.0
"""What `collect = { … }` asks of a place over the network: its keys as a struct, and the secret beside them.

A secret stands in the environment or in a file, never in case.toml, and never in a message.
"""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import urlsplit

import msgspec

from tocsin.core.errors import InputError, SettingsError
from tocsin.core.settings.frozen import Frozen
from tocsin.core.settings.inputs import SourceSettings
from tocsin.core.suggest import suggest
from tocsin.core.words import _

PREFIX = "TOCSIN_COLLECT_"
LOOPBACK = ("localhost", "127.0.0.1", "::1")

Auth = Literal["none", "basic", "bearer", "api-key"]


class Reach(Frozen, frozen=True, kw_only=True):
    """How a place is reached over HTTP: keys that all collectors over the network share."""

    from_: str
    """The kind of place."""

    url: str
    """Where its API begins."""

    auth: Auth | None = None
    """How the secret is shown: `basic` (user:password), `bearer`, `api-key`; absent: as its kind does."""

    secret_file: str | None = None
    """A file that holds the secret, where the environment does not; paths begin in the case."""

    ca_file: str | None = None
    """Authorities trusted in place of the public ones (PEM)."""

    client_cert: str | None = None
    client_key: str | None = None
    """A certificate of our own and its key (PEM), where the place asks for one."""

    proxy: str | None = None
    """`http://proxy:3128`; the environment's proxies are not read."""

    timeout: int = 60
    """Seconds without a byte."""

    retries: int = 5
    """Times that a question is asked again when the place is busy or does not answer."""

    max_answer: str = "64MiB"
    """The largest answer that is taken."""

    allow_http: bool = False
    """Let the secret go over a line that is not encrypted."""


R = TypeVar("R", bound=msgspec.Struct)


def read_asked(source: SourceSettings, kind: type[R]) -> R:
    """The keys of `collect` as a struct; raises SettingsError with the nearest key, or the missing one."""
    known = {one.encode_name for one in msgspec.structs.fields(kind)}
    for key in source.collect:
        if key not in known and not key.startswith("x-"):
            raise SettingsError(
                _("Unknown key '{key}' in `collect` of the source '{name}'."),
                do=suggest(key, sorted(known)),
                code="unknown_key",
                key=key,
                name=source.name,
            )
    kept = {key: value for key, value in source.collect.items() if not key.startswith("x-")}
    try:
        return msgspec.convert(kept, kind, builtin_types=(datetime,))
    except msgspec.ValidationError as error:
        raise SettingsError(
            _("`collect` of the source '{name}' does not fit: {problem}."),
            do=_("See the how-to on collecting."),
            code="bad_collect",
            name=source.name,
            problem=str(error),
        ) from None


def check_reach(source: SourceSettings, reach: Reach) -> None:
    """Raise SettingsError for an address that is none, holds a secret, or whose line is not encrypted."""
    try:
        parts = urlsplit(reach.url)
        parts.port  # noqa: B018  # raises where it is no number
    except ValueError:
        raise misfit(source, "url", _("Write it as https://host:port/.")) from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise misfit(source, "url", _("Write it as https://host:port/."))
    if parts.username or parts.password or parts.query or parts.fragment:
        raise misfit(source, "url", _("Write the address alone: a secret stands in the environment."))
    if not 1 <= reach.timeout <= 3600:
        raise misfit(source, "timeout", _("Write seconds, from 1 to 3600."))
    if not 0 <= reach.retries <= 20:
        raise misfit(source, "retries", _("Write a number from 0 to 20."))
    is_clear = parts.scheme == "http" and parts.hostname not in LOOPBACK
    if is_clear and not reach.allow_http and reach.auth != "none":
        raise misfit(source, "url", _("Use https, or say allow_http = true where the line is trusted."))


def misfit(source: SourceSettings, key: str, do: str) -> SettingsError:
    """The error for a value of `collect` that does not suit."""
    return SettingsError(
        _("'{key}' in `collect` of the source '{name}' does not suit."),
        do=do,
        code="bad_collect",
        key=key,
        name=source.name,
    )


def variable_of(name: str) -> str:
    """The variable that holds a source's secret: `TOCSIN_COLLECT_MY_SIEM` for `my-siem`."""
    return PREFIX + re.sub(r"[^A-Z0-9]", "_", name.upper())


def read_secret(source: SourceSettings, secret_file: Path | None) -> str | None:
    """The secret, from the environment, else from the file; None when there is neither.

    Raises InputError for a file that cannot be read, or an empty secret.
    """
    variable = variable_of(source.name)
    secret = os.environ.get(variable)
    if secret is None and secret_file is not None:
        try:
            secret = secret_file.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            raise InputError(
                _("The file with the secret of the source '{name}' cannot be read."),
                do=_("Check secret_file."),
                where=secret_file,
                code="no_secret",
                name=source.name,
            ) from None
    if secret is None:
        return None
    secret = secret.strip()
    if not secret or not secret.isprintable():
        raise InputError(
            _("The secret of the source '{name}' is empty, or holds more than one line."),
            do=_("Set {variable}, or secret_file."),
            code="no_secret",
            name=source.name,
            variable=variable,
        )
    return secret


def demand_secret(source: SourceSettings, secret_file: Path | None) -> str:
    """The secret; raises InputError when there is none."""
    secret = read_secret(source, secret_file)
    if secret is None:
        raise InputError(
            _("The source '{name}' has no secret."),
            do=_("Set {variable}, or secret_file."),
            code="no_secret",
            name=source.name,
            variable=variable_of(source.name),
        )
    return secret
