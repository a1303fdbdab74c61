# SPDX-License-Identifier: Apache-2.0
"""What every web access log says in the same way: method, target and status, as SQL (RFC 9110)."""

from __future__ import annotations

from tocsin.ingest.fields import percent_decoded_sql

CLF_TIME = "%d/%b/%Y:%H:%M:%S %z"
_ACTIONS = {
    "GET": "read",
    "HEAD": "read",
    "POST": "create",
    "PUT": "update",
    "PATCH": "update",
    "DELETE": "delete",
}


def action_sql(method: str) -> str:
    """The action that a method asks for."""
    cases = " ".join(f"when '{name}' then '{action}'" for name, action in _ACTIONS.items())
    return f"case {method} {cases} else 'other' end"


def outcome_sql(status: str) -> str:
    """2xx and 3xx are success, 4xx and 5xx failure; the rest is not known."""
    return (
        f"case when length({status}) <> 3 then 'unknown' else "
        f"case left({status}, 1) when '2' then 'success' when '3' then 'success' "
        f"when '4' then 'failure' when '5' then 'failure' else 'unknown' end end"
    )


def targets_sql(rows: str) -> str:
    """Rows that have a `target`, with its decoded `path` and its `target_query`, the raw text after `?`.

    One SELECT in the other, so that each step is worked out once.
    """
    decoded = percent_decoded_sql("raw_path")
    return f"""
select
    * exclude (raw_path, origin, mark_at),
    nullif(case when starts_with(origin, '/') and contains(raw_path, '%') then {decoded}
        else raw_path end, '') as path,
    case when mark_at > 0 then nullif(substr(origin, mark_at + 1), '') end as target_query
from (
    select *, case when mark_at > 0 then left(origin, mark_at - 1) else origin end as raw_path
    from (
        select *, strpos(origin, '?') as mark_at
        from (
            select *, {origin_form_sql("target")} as origin
            from ({rows}
            )
        )
    )
)"""


def origin_form_sql(target: str) -> str:
    """`http://host/path` as `/path`: what a proxy was asked is what a server was asked."""
    return (
        f"case when contains({target}, '://') and regexp_matches({target}, '(?i)^https?://') "
        f"then '/' || regexp_replace({target}, '(?i)^https?://[^/?]*/?', '') else {target} end"
    )


def known(text: str) -> str:
    """`-` and the empty text are null: an actor is never invented."""
    return f"nullif(nullif({text}, '-'), '')"
