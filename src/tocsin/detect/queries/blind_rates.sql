-- SPDX-License-Identifier: Apache-2.0
-- blind_rates: for each role, the slowest theft that would be seen: unknown persons a day, for ten days.
--   A thief in sessions of its own, on ordinary days of the owner, who shows nothing but persons without a
--   known link: computed from what was measured here, and again as if only three quarters, half or a quarter of
--   the relations were present, missing anywhere. Null: no rate up to 200 would be.
-- reads   role_rates, session_weights, role_bulk, scores
-- gives   blind_rates: one row per role
-- binds   (none)
with

rates as (
    select
        role,
        present,
        1 - present * (1 - rate) as rate,
        spread
    from role_rates
    cross join (select unnest([1, 0.75, 0.5, 0.25]) as present) as shares
    where term = 'no_relation'
),

habits as (
    select
        r.role,
        r.present,
        r.rate,
        r.rate * (1 / r.spread - 1)       as own_a,
        (1 - r.rate) * (1 / r.spread - 1) as own_b,
        b.share + b.odd_share as share
    from rates as r
    join role_bulk as b
      on b.role = r.role
    where r.rate < 1
),

paces as (
    select
        role,
        count(*) / count(distinct (actor, day)) as sessions,
        count(distinct actor)                   as accounts
    from session_weights
    group by role
),

lengths as (
    select
        cast(max(days) as double) as days,
        any_value(point)          as point
    from scores
),

tried as (
    select
        h.role,
        h.present,
        h.rate,
        p.accounts,
        x.k,
        h.share,
        p.sessions,
        (lgamma(x.k + 3 + h.rate) + lgamma(1 - h.rate) - lgamma(x.k + 4)) - (lgamma(3 + h.rate) + lgamma(1 - h.rate) - lgamma(4))
        - (lgamma(x.k + own_a) + lgamma(own_b) - lgamma(x.k + own_a + own_b))
        + (lgamma(own_a) + lgamma(own_b) - lgamma(own_a + own_b)) as ratio,
        l.days,
        l.point
    from habits as h
    join paces as p
      on p.role = h.role
    cross join lengths as l
    cross join (select unnest(generate_series(1, 200)) as k) as x
),

reached as (
    select
        *,
        -ln((1 - share) / (0.3 + 0.35 * (1 + exp(least(60, ratio))) / (sessions + 1)) + share) as day_weight
    from tried
),

slowest as (
    select
        role,
        present,
        any_value(accounts)                                                       as accounts,
        any_value(rate)                                                           as rate,
        min(k) filter (where 10 * day_weight >= point + ln(greatest(days, 1)))    as slowest
    from reached
    group by role, present
)

select
    r.role,
    any_value(s.accounts) filter (where s.present = 1)  as accounts,
    any_value(s.rate) filter (where s.present = 1)      as rate,
    min(s.slowest) filter (where s.present = 1)         as slowest,
    min(s.slowest) filter (where s.present = 0.75)      as three_quarters,
    min(s.slowest) filter (where s.present = 0.5)       as one_half,
    min(s.slowest) filter (where s.present = 0.25)      as one_quarter
from (select distinct role from rates) as r
left join slowest as s
  on s.role = r.role
group by r.role
