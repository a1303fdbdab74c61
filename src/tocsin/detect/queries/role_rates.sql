-- SPDX-License-Identifier: Apache-2.0
-- role_rates: how often each term speaks in a role's ordinary sessions, and how unevenly.
--   A role's rate leans on that of all roles until it has sessions enough; spread by moments.
-- reads   session_terms
-- gives   role_rates: one row per role and term
-- binds   (none)
with

overall as (
    select
        term,
        (sum(k) + 1.0) / (sum(n) + 2.0) as rate
    from session_terms
    group by term
),

rates as (
    select
        t.role,
        t.term,
        (sum(t.k) + 20 * o.rate) / (sum(t.n) + 20) as rate
    from session_terms as t
    join overall as o
      on o.term = t.term
    group by t.role, t.term, o.rate
),

spreads as (
    select
        r.role,
        r.term,
        r.rate,
        sum((t.k - t.n * r.rate) * (t.k - t.n * r.rate)) / (r.rate * (1 - r.rate)) - sum(t.n) as excess,
        sum(t.n * (t.n - 1)) as room
    from rates as r
    join session_terms as t
      on t.role = r.role
     and t.term = r.term
    group by r.role, r.term, r.rate
)

select
    role,
    term,
    rate,
    least(0.5, greatest(0.01, case when room > 0 then excess / room else 0.01 end)) as spread
from spreads
