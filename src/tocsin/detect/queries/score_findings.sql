-- SPDX-License-Identifier: Apache-2.0
-- score_findings: accounts with evidence against them, with what says so.
--   p is what the evidence makes of prior odds at which the budget of alarms is just spent.
-- reads   scores, actors, session_weights, person_views, said_reasons
-- gives   findings: one row per account
-- binds   $least
with

found as (
    select
        s.*,
        a.account
    from scores as s
    join actors as a
      on a.actor = s.actor
    where s.evidence > $least
),

spans as (
    select
        f.actor,
        min(w.first_at)               as first_at,
        max(w.last_at)                as last_at,
        cast(sum(w.events) as bigint) as events
    from found as f
    join session_weights as w
      on w.actor = f.actor
     and w.day between f.from_day and f.until_day
    where w.weight > 0
    group by f.actor
),

people as (
    select
        f.actor,
        count(distinct v.number) as persons
    from found as f
    join session_weights as w
      on w.actor = f.actor
     and w.day between f.from_day and f.until_day
    join person_views as v
      on v.session = w.session
    where w.weight > 0
    group by f.actor
),

reasons as (
    select
        actor,
        '[' || string_agg(reason, ',' order by weight desc, term) || ']' as reasons
    from said_reasons
    group by actor
)

select
    f.account,
    null                                  as session_id,
    'score'                               as detector,
    f.evidence                            as score,
    round(1 / (1 + exp(f.point - f.evidence)), 6) as p,
    coalesce(r.reasons, '[]')             as reasons,
    s.first_at,
    s.last_at,
    s.events,
    n.persons
from found as f
join spans as s
  on s.actor = f.actor
left join people as n
  on n.actor = f.actor
left join reasons as r
  on r.actor = f.actor
