-- SPDX-License-Identifier: Apache-2.0
-- score_reasons: in the stretch that says most, what spoke against the account, term by term.
-- reads   scores, session_weights, spoken_weights
-- gives   score_reasons: one row per account and term that speaks against it, the heaviest first
-- binds   $least
with

sessions as (
    select
        s.actor,
        w.session,
        w.weight
    from scores as s
    join session_weights as w
      on w.actor = s.actor
     and w.day between s.from_day and s.until_day
    where s.evidence > $least
      and w.weight > 0
),

terms as (
    select
        s.actor,
        a.term,
        sum(a.weight)   as weight,
        sum(a.k)        as k,
        sum(a.n)        as n,
        sum(a.expected) as expected
    from sessions as s
    join spoken_weights as a
      on a.session = s.session
    group by s.actor, a.term
)

select
    actor,
    term,
    round(weight, 6) as weight,
    cast(k as bigint)                as k,
    cast(n as bigint)                as n,
    cast(round(expected) as bigint)  as usual
from terms
where weight > 0.5
