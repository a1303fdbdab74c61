-- SPDX-License-Identifier: Apache-2.0
-- actor_terms: what each account did in all, term by term; each such pair with a number.
-- reads   session_terms, actors
-- gives   actor_terms: one row per account and term
-- binds   (none)
with

sums as (
    select
        actor,
        term,
        cast(sum(k) as bigint) as k,
        cast(sum(n) as bigint) as n
    from session_terms
    group by actor, term
)

select
    s.actor,
    a.role,
    a.organisation,
    s.term,
    cast(row_number() over () as integer) as line,
    s.k,
    s.n
from sums as s
join actors as a
  on a.actor = s.actor
