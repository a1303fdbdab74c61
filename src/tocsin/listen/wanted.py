# SPDX-License-Identifier: Apache-2.0
"""How a source is to be received: its settings, checked, and what the gate needs to know of them."""

from __future__ import annotations

import hashlib
import resource
import sys
from pathlib import Path

import msgspec

from tocsin.core.errors import InputError, SettingsError
from tocsin.core.settings.case import CaseSettings
from tocsin.core.settings.inputs import ListenSettings
from tocsin.core.words import _, visible
from tocsin.listen.addresses import KINDS, SECURE
from tocsin.listen.handover import Message
from tocsin.listen.tls import make_context

FILES_EACH = 5
FILES_BESIDE = 100


def listen_settings(settings: CaseSettings, source: str, overrides: dict[str, str]) -> ListenSettings:
    """How to listen for a source; raises InputError for one that is none, SettingsError for what lacks."""
    found = next((one for one in settings.sources if one.name == source), None)
    if found is None:
        raise InputError(
            _("There is no source '{name}' in case.toml."),
            do=_('Add it under [[sources]], with listen = { tcp = "0.0.0.0:601" }.'),
            code="unknown_name",
            name=visible(source),
        )
    if found.listen is None and found.paths:
        raise SettingsError(
            _("The source '{name}' has paths and no `listen`."),
            do=_("Give what is received a source of its own."),
            name=visible(source),
        )
    wanted = msgspec.structs.replace(found.listen or ListenSettings(), **overrides)
    check_settings(wanted, source)
    return wanted


def check_settings(wanted: ListenSettings, source: str) -> None:
    """Raise SettingsError for no address; for TLS without certificate, key and authority of the clients."""
    if not any(getattr(wanted, kind) for kind in KINDS):
        raise SettingsError(
            _("The source '{name}' has no address to listen at."),
            do=_(
                'Write listen = { tcp = "0.0.0.0:601" }, or give --tcp, --tls, --relp, --relp-tls or --udp.'
            ),
            name=visible(source),
        )
    lacking = [name for name in ("certificate", "key", "client_ca") if getattr(wanted, name) is None]
    if lacking and any(getattr(wanted, kind) for kind in SECURE):
        raise SettingsError(
            _("To listen with TLS, `{name}` is lacking."),
            do=_("Name the files of certificate, key and client_ca under `listen`."),
            name=lacking[0],
        )
    _check_limit(wanted)
    if wanted.max_message < 480 or wanted.connections < 1:
        raise SettingsError(
            _("`max_message` or `connections` is too small."),
            do=_("RFC 5424 asks for messages of 480 bytes at least; one connection at least."),
        )


def _check_limit(wanted: ListenSettings) -> None:
    """A connection is four files of ours, five of the gate with TLS."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard != resource.RLIM_INFINITY and FILES_EACH * wanted.connections + FILES_BESIDE > hard:
        raise SettingsError(
            _("{n} connections need more open files than this system allows ({most})."),
            do=_("Lower `connections`, or raise the limit (ulimit -n)."),
            n=wanted.connections,
            most=hard,
        )


def setup_of(case: Path, source: str, wanted: ListenSettings, by: str) -> Message:
    """What the gate needs to know; two that differ in anything are two gates."""
    files: dict[str, object] = {}
    digest = hashlib.sha256(msgspec.json.encode(wanted))
    for name in ("certificate", "key", "client_ca"):
        path = getattr(wanted, name)
        if path is not None:
            files[name] = str((case / path).absolute())
            digest.update(_content(Path(str(files[name]))))
    finish = [sys.executable, "-m", "tocsin", "listen", str(case.absolute()), "--source", source]
    addresses = [f"--{kind.replace('_', '-')}={text}" for kind in KINDS if (text := getattr(wanted, kind))]
    finish += [*addresses, "--drain", "--by", by, "--json"]
    return {"connections": wanted.connections, "digest": digest.hexdigest(), "finish": finish, **files}


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            _("This file cannot be read: {why}."),
            do=_("Check the path, and who may read it."),
            where=path,
            code="unreadable",
            why=error.strerror or type(error).__name__,
        ) from None


def check_certificates(setup: Message) -> None:
    """Raise InputError when TLS cannot be spoken with them."""
    try:
        make_context(setup)
    except (OSError, ValueError):
        raise InputError(
            _("The certificate, its key or the clients' authority cannot be used."),
            do=_(
                "Give PEM files: the certificate with its chain, its key without a password, the authority."
            ),
            where=str(setup["certificate"]),
            code="bad_certificate",
        ) from None
