# SPDX-License-Identifier: Apache-2.0
"""Accesses outside the scope that name persons of a sample whom the scope does not show.

They tell a scope that is too narrow (another account took them) from logs that are incomplete. Only names
are looked at: a person, a record, or what a rule's path names. Searches and files are not replayed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tocsin.scope.catalogue import CompiledRule
from tocsin.store.engine import Engine
from tocsin.store.patterns import Placeholder, extraction_sql
from tocsin.store.query import literal, load_query, quote

PACKAGE: Final = "tocsin.hunt"
MOST_ACCOUNTS: Final = 20


def look_elsewhere(engine: Engine, rules: Sequence[CompiledRule]) -> list[tuple[str, int, int]]:
    """Make `found_elsewhere` (person_id, account); the accounts, with persons and events, most persons first.

    Reads events, judged, records and `sample_people`, `registry_keys`.
    """
    engine.create("beyond_ids", load_query(PACKAGE, "beyond_ids"))
    engine.create("named_elsewhere", named_sql(rules))
    engine.create("found_elsewhere", load_query(PACKAGE, "found_elsewhere"))
    rows = engine.rows(load_query(PACKAGE, "elsewhere_accounts"), most=MOST_ACCOUNTS)
    return [(str(account), int(str(persons)), int(str(events))) for account, persons, events in rows]


def named_sql(rules: Sequence[CompiledRule]) -> str:
    """Events outside the scope and the ids that they name: event_id, account, kind, record_type, id."""
    parts = [_OWN, *(_named(rule, one) for rule in rules for one in rule.placeholders if one.kind != "file")]
    return "\nunion all\n".join(parts)


_OUTSIDE: Final = (
    "e.outcome is distinct from 'failure' and e.event_id not in (select j.event_id from judged as j)"
)

_OWN: Final = f"""select event_id, account, 'person' as kind, null::varchar as record_type, unnest(ids) as id
from (
    select e.event_id, e.account, list_append(coalesce(e.persons, []), e.person) as ids
    from events as e
    where (e.person is not null or e.persons is not null) and {_OUTSIDE}
)
union all
select e.event_id, e.account, 'record', e.record_type, e.record
from events as e
where e.record is not null and {_OUTSIDE}"""


def _named(rule: CompiledRule, placeholder: Placeholder) -> str:
    assert rule.path is not None  # noqa: S101  # a placeholder stands in a path
    record_type = "null" if placeholder.record_type is None else literal(placeholder.record_type)
    extracted = extraction_sql(f"e.{quote('object')}", rule.path, placeholder)
    return (
        f"select e.event_id, e.account, {literal(placeholder.kind)}, {record_type}, {extracted}\n"
        f"from events as e\nwhere {rule.condition()}\n    and {_OUTSIDE}"
    )
