-- SPDX-License-Identifier: Apache-2.0
-- session_persons: distinct persons of each session, new ones, unexplained ones, and near-consecutive numbers.
--   Apart: of the unexplained ones, those whom no colleague of the organisation opens; of these, those whom
--   other organisations open, and those opened only by organisations with few persons in common.
-- reads   person_views, strange_views, distant_persons, met_persons
-- gives   session_persons: one row per session that saw somebody
-- binds   $first, $last
with

ordered as (
    select
        v.session,
        v.is_new,
        p.digits,
        lag(p.digits) over (
            partition by v.session
            order by v.seen_at, v.event_id, v.number
        ) as digits_before
    from person_views as v
    join met_persons as p
      on p.number = v.number
    where v.actor between $first and $last
),

seen as (
    select
        session,
        count(*)                                                                as persons,
        count(*) filter (where is_new)                                          as new_persons,
        count(digits - digits_before)                                           as pairs,
        count(*) filter (where abs(digits - digits_before) between 1 and 3)     as near_pairs
    from ordered
    group by session
),

strange as (
    select
        session,
        count(*)                              as unexplained,
        count(*) filter (where not is_shared) as unshared
    from strange_views
    where actor between $first and $last
    group by session
),

distant as (
    select
        session,
        count(*)                              as elsewhere,
        count(*) filter (where not is_tied)   as untied
    from distant_persons
    where actor between $first and $last
    group by session
)

select
    n.session,
    n.persons,
    n.new_persons,
    coalesce(s.unexplained, 0) as unexplained,
    coalesce(s.unshared, 0)    as unshared,
    coalesce(d.elsewhere, 0)   as elsewhere,
    coalesce(d.untied, 0)      as untied,
    n.pairs,
    n.near_pairs
from seen as n
left join strange as s
  on s.session = n.session
left join distant as d
  on d.session = n.session
