# SPDX-License-Identifier: Apache-2.0
"""Professionals whose account somebody else used: who they are, what still reaches them and not the thief.

Only what is held for sure. Contact data that changed after the thief came, or of which nobody says since
when they hold, are not used. Who is not to be written to (`hold_back`) stays in the balance.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from tocsin.core.errors import InputError
from tocsin.core.suggest import suggest
from tocsin.core.words import _
from tocsin.store.case import Case
from tocsin.store.engine import Engine
from tocsin.store.query import load_query

READS: Final = ("accounts", "account_contacts", "events", "judged")
INPUTS: Final = ("accounts", "account_contacts", "judged")
"""What decides of them; `judged` follows `events`."""

HOLD_BACK: Final = "hold_back"
_SURE_ALONE: Final = 2.0
"""No probability reaches it."""

_SPANS: Final = "select null::varchar as account, null::timestamptz as first_at, null::timestamptz as last_at"


def find_usurped(case: Case, engine: Engine) -> None:
    """Make `usurped`, `account_rows`, `kept_back` and `professional_registries`.

    Raises InputError when an account of `hold_back` is in no directory.
    """
    settings = case.settings.notify.professionals
    if settings.inform and engine.count("select count(*) from accounts"):
        spans = load_query("tocsin.answers", "stolen_spans")
        engine.create("stolen_spans", spans, likely=_SURE_ALONE)
    else:
        engine.create("stolen_spans", f"{_SPANS}, 0 as sure_events where false")
    zone = case.settings.case.zone
    engine.create("usurped", load_query("tocsin.notify", "usurped"), zone=zone)
    engine.create("account_rows", load_query("tocsin.notify", "account_rows"))
    _keep_back(case, engine)
    named = [one.name for one in case.settings.registries if one.professionals]
    engine.register("professional_registries", pa.table({"registry": pa.array(named, pa.string())}))


def _keep_back(case: Case, engine: Engine) -> None:
    held = case.settings.notify.professionals.hold_back
    if held:
        known = [str(name) for (name,) in engine.rows("select distinct account from accounts order by 1")]
        for account in held:
            if account not in known:
                raise InputError(
                    _("No directory holds the account of [notify.professionals] hold_back."),
                    do=suggest(account, known),
                    where=case.folder / "case.toml",
                    code="unknown_account",
                )
    engine.register("held_accounts", pa.table({"account": pa.array(list(held), pa.string())}))
    names = f"select person_id, '{HOLD_BACK}' as name from usurped join held_accounts using (account)"
    engine.create("kept_back", names)
