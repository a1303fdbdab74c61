-- SPDX-License-Identifier: Apache-2.0
-- role_rates: how often each term speaks in a role's ordinary sessions, and how unevenly within one account.
--   Sessions far from their account's ordinary ones are left out: days of honest bulk work have their own
--   place in the null. A role leans on all roles, an account on its role; spread by moments around the account.
-- reads   session_terms, actor_terms
-- gives   role_rates: one row per role and term
-- binds   (none)
with

overall as (
    select
        term,
        (sum(k) + 1.0) / (sum(n) + 2.0) as rate
    from actor_terms
    group by term
),

first_rates as (
    select
        t.role,
        t.term,
        (sum(t.k) + 20 * o.rate) / (sum(t.n) + 20) as rate
    from actor_terms as t
    join overall as o
      on o.term = t.term
    group by t.role, t.term, o.rate
),

actor_rates as (
    select
        t.actor,
        t.role,
        t.term,
        r.rate as role_rate,
        (t.k + 20 * r.rate) / (t.n + 20) as rate
    from actor_terms as t
    join first_rates as r
      on r.role = t.role
     and r.term = t.term
),

ordinary as (
    select
        a.role,
        t.term,
        t.k,
        t.n,
        a.role_rate,
        a.rate
    from session_terms as t
    join actor_rates as a
      on a.actor = t.actor
     and a.term = t.term
    where abs(t.k - t.n * a.rate) <= 1 + 3 * sqrt(t.n * a.rate * (1 - a.rate) * (1 + 0.02 * (t.n - 1)))
),

moments as (
    select
        role,
        term,
        (sum(k) + 20 * any_value(role_rate)) / (sum(n) + 20)                             as rate,
        -- A session counts once, however many persons it saw: large ones are those of bulk work.
        sum((k - n * rate) * (k - n * rate) / (n * rate * (1 - rate)) - 1)               as excess,
        sum(n - 1.0)                                                                     as room
    from ordinary
    group by role, term
)

select
    role,
    term,
    rate,
    least(0.5, greatest(0.02, case when room > 0 then excess / room else 0.02 end)) as spread
from moments
