# SPDX-License-Identifier: Apache-2.0
"""One sending from beginning to end: journalled, through each channel, followed up; and its rehearsal.

The case is locked only while its journal is written: a wave of hours keeps nobody from the case.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict
from typing import Final

from tocsin.core.errors import InputError
from tocsin.core.one_host import OneHost
from tocsin.core.plugins import load_plugins
from tocsin.core.progress import Progress, silent
from tocsin.core.words import _
from tocsin.notify.after import follow_up, relay_log
from tocsin.notify.channels.dry_run import DryRun
from tocsin.notify.channels.folder import Folder
from tocsin.notify.channels.provider import Provider
from tocsin.notify.channels.relay import Relay
from tocsin.notify.genuine.keys import signing_key
from tocsin.notify.interface import Channel
from tocsin.notify.outbox import Outbox
from tocsin.notify.printed.letters import Letters
from tocsin.notify.sending import Sender, Sent
from tocsin.notify.waves import Release, check_balance, fill_outbox, refuse_unreleased_text
from tocsin.store.case import Case

GROUP: Final = "tocsin.channels"
BEGAN: Final = "notify:sending:began"
ENDED: Final = "notify:sending:ended"
PROVIDER_VARIABLE: Final = "TOCSIN_PROVIDER_TOKEN"


def send_all(
    open_case: Callable[[bool], Case],
    kinds: Sequence[str],
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
        case.journal.append(BEGAN, {"channels": list(kinds), "limit": limit}, by=case.by)
    done: dict[str, Sent] = {}
    with open_case(True) as case, closing(Outbox.open(case.folder)) as outbox:
        for kind in kinds:
            if not outbox.upcoming(kind, 0, 1):
                continue
            with closing(make_channel(case, outbox, kind, release)) as channel:
                done[kind] = Sender(case, outbox, channel, release).send(progress, limit=limit)
    with open_case(False) as case, closing(Outbox.open(case.folder)) as outbox:
        follow_up(case, outbox)
        case.journal.append(ENDED, {kind: asdict(sent) for kind, sent in done.items()}, by=case.by)
    return done


def rehearse(case: Case, kinds: Sequence[str], progress: Progress = silent) -> dict[str, Sent]:
    """The same, with nothing sent and nothing recorded. Raises as `send_all`."""
    release = refuse_unreleased_text(case)
    done: dict[str, Sent] = {}
    with closing(Outbox.open(case.folder)) as held, closing(held.copied()) as outbox:
        fill_outbox(case, outbox)
        for kind in kinds:
            channel = DryRun("post" if kind == "post" else "email")
            done[kind] = Sender(case, outbox, channel, release).send(progress)
    return done


def make_channel(case: Case, outbox: Outbox, kind: str, release: Release) -> Channel:
    """The channel of a kind: one of another package when it registers one, else ours.

    Raises InputError when case.toml allows none.
    """
    settings = case.settings.notify
    allowed = case.settings.plugins.get("channels")
    kinds = load_plugins(GROUP, Channel, allowed=allowed)  # type: ignore[type-abstract]
    ours = {"email": Relay, "post": Folder}[kind]
    foreign = [
        one for one in kinds.values() if one.kind == kind and one not in (Relay, Folder, Provider, DryRun)
    ]
    if foreign:
        return foreign[0]()
    if ours not in kinds.values():
        raise InputError(
            _("No channel of this kind is allowed here."),
            do=_("See [plugins] in case.toml."),
            code="no_channel",
        )
    if kind == "email":
        return Relay(settings.email, relay_log(case, outbox))
    letters = Letters(case.settings, signing_key(case), release.at)
    if settings.post.provider:
        return _provider(case, letters)
    if case.is_sealed and not settings.post.recipient:
        raise InputError(
            _("The case is sealed, and its letters would lie open."),
            do=_("Write recipient, the printer's public key, in [notify.post]."),
            where=case.folder / "case.toml",
            code="open_letters",
        )
    notes = case.folder / "notices" / "dropped"
    return Folder(case.path_of(settings.post.folder), notes, letters, settings.post.recipient)


def _provider(case: Case, letters: Letters) -> Provider:
    """The firm of [notify.post] provider. Raises InputError without its token."""
    settings = case.settings.notify.post
    token = os.environ.get(PROVIDER_VARIABLE, "")
    if not token:
        raise InputError(
            _("The firm that posts the letters needs its token."),
            do=_("Put it in {variable}."),
            code="no_token",
            variable=PROVIDER_VARIABLE,
        )
    ca_file = case.path_of(settings.ca_file) if settings.ca_file else None
    return Provider(OneHost(settings.provider, timeout=settings.timeout, ca_file=ca_file), token, letters)
