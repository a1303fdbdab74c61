# SPDX-License-Identifier: Apache-2.0
"""One sending from beginning to end: journalled, through each channel, followed up; and its rehearsal.

The case is locked only while its journal is written: a wave of hours keeps nobody from the case.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Final

from tocsin.core.errors import InputError
from tocsin.core.one_host import OneHost
from tocsin.core.plugins import load_plugins
from tocsin.core.progress import Progress, silent
from tocsin.core.settings.notify import PostSettings, SmsSettings
from tocsin.core.words import _
from tocsin.journal.chain import Json
from tocsin.notify.after import follow_up, relay_log
from tocsin.notify.channels.dry_run import DryRun
from tocsin.notify.channels.folder import Folder, Signed
from tocsin.notify.channels.provider import Provider
from tocsin.notify.channels.relay import Relay
from tocsin.notify.channels.sms import SmsFolder, SmsProvider
from tocsin.notify.genuine.keys import signing_key
from tocsin.notify.interface import Channel, Kind
from tocsin.notify.outbox import Outbox
from tocsin.notify.pace import make_pace, refuse_limits, said_of
from tocsin.notify.printed.letters import Letters
from tocsin.notify.released import Release
from tocsin.notify.sending import Sender, Sent
from tocsin.notify.waves import check_balance, fill_outbox, refuse_unreleased_text
from tocsin.store.case import Case

GROUP: Final = "tocsin.channels"
BEGAN: Final = "notify:sending:began"
ENDED: Final = "notify:sending:ended"
PROVIDER_VARIABLE: Final = "TOCSIN_PROVIDER_TOKEN"
SMS_VARIABLE: Final = "TOCSIN_SMS_TOKEN"

_OURS: Final = (Relay, Folder, Provider, SmsFolder, SmsProvider, DryRun)


def send_all(
    open_case: Callable[[bool], Case],
    kinds: Sequence[Kind],
    limit: int | None = None,
    progress: Progress = silent,
) -> dict[str, Sent]:
    """Send what is due through these kinds of channels; `open_case` opens the case, to read only or not.

    Raises InputError when nothing was released, or other words were.
    """
    with open_case(False) as case, closing(Outbox.open(case.folder)) as outbox:
        release = refuse_unreleased_text(case)
        fill_outbox(case, outbox)
        check_balance(outbox, case)
        refuse_limits(case.settings.notify)
        held_to = said_of(case.settings.notify.plan)
        body: dict[str, Json] = {"channels": list[Json](kinds), "limit": limit, "held_to": held_to}
        case.journal.append(BEGAN, body, by=case.by)
    done: dict[str, Sent] = {}
    with open_case(True) as case, closing(Outbox.open(case.folder)) as outbox:
        for kind in kinds:
            if not outbox.upcoming(kind, 0, 1):
                continue
            with closing(make_channel(case, outbox, kind, release)) as channel:
                pace = make_pace(case, outbox, kind)
                done[kind] = Sender(case, outbox, channel, release, pace=pace).send(progress, limit=limit)
    with open_case(False) as case, closing(Outbox.open(case.folder)) as outbox:
        follow_up(case, outbox)
        case.journal.append(ENDED, {kind: asdict(sent) for kind, sent in done.items()}, by=case.by)
    return done


def rehearse(case: Case, kinds: Sequence[Kind], progress: Progress = silent) -> dict[str, Sent]:
    """The same, with nothing sent and nothing recorded. Raises as `send_all`."""
    release = refuse_unreleased_text(case)
    done: dict[str, Sent] = {}
    with closing(Outbox.open(case.folder)) as held, closing(held.copied()) as outbox:
        fill_outbox(case, outbox)
        for kind in kinds:
            if kind == "sms" and not outbox.upcoming(kind, 0, 1):
                continue
            channel = DryRun(kind)
            done[kind] = Sender(case, outbox, channel, release).send(progress)
    return done


def make_channel(case: Case, outbox: Outbox, kind: Kind, release: Release) -> Channel:
    """The channel of a kind: one of another package when it registers one, else ours.

    Raises InputError when case.toml allows none.
    """
    allowed = case.settings.plugins.get("channels")
    kinds = load_plugins(GROUP, Channel, allowed=allowed)  # type: ignore[type-abstract]
    foreign = [one for one in kinds.values() if one.kind == kind and one not in _OURS]
    if foreign:
        return foreign[0]()
    if {"email": Relay, "post": Folder, "sms": SmsFolder}[kind] not in kinds.values():
        raise InputError(
            _("No channel of this kind is allowed here."),
            do=_("See [plugins] in case.toml."),
            code="no_channel",
        )
    if kind == "email":
        return Relay(case.settings.notify.email, relay_log(case, outbox))
    return _letters(case, release) if kind == "post" else _messages(case, release)


def _letters(case: Case, release: Release) -> Channel:
    settings = case.settings.notify.post
    letters = Letters(case.settings, release.at)
    if settings.provider:
        return Provider(*_firm(case, settings, PROVIDER_VARIABLE), letters)
    _refuse_open(case, settings.recipient, "notify.post")
    signed = Signed.of(signing_key(case), release.at, settings.keep_days)
    return Folder(case.path_of(settings.folder), _notes(case), letters, signed, settings.recipient)


def _messages(case: Case, release: Release) -> Channel:
    settings = case.settings.notify.sms
    signed = Signed.of(signing_key(case), release.at, settings.keep_days)
    if settings.provider:
        return SmsProvider(*_firm(case, settings, SMS_VARIABLE), settings.from_name, signed.destroy_by)
    _refuse_open(case, settings.recipient, "notify.sms")
    place = case.path_of(settings.folder)
    return SmsFolder(place, _notes(case), settings.from_name, signed, settings.recipient)


def _notes(case: Case) -> Path:
    return case.folder / "notices" / "dropped"


def _refuse_open(case: Case, recipient: str, section: str) -> None:
    """Raise InputError when what a sealed case drops would lie open."""
    if case.is_sealed and not recipient:
        raise InputError(
            _("The case is sealed, and what it drops would lie open."),
            do=_("Write recipient, the public key of whoever collects it, in [{section}]."),
            where=case.folder / "case.toml",
            code="open_letters",
            section=section,
        )


def _firm(case: Case, settings: PostSettings | SmsSettings, variable: str) -> tuple[OneHost, str]:
    """The firm of `provider` and its token. Raises InputError without it."""
    token = os.environ.get(variable, "")
    if not token:
        raise InputError(
            _("The firm that takes the notices needs its token."),
            do=_("Put it in {variable}."),
            code="no_token",
            variable=variable,
        )
    ca_file = case.path_of(settings.ca_file) if settings.ca_file else None
    return OneHost(settings.provider, timeout=settings.timeout, ca_file=ca_file), token
