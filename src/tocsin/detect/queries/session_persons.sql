-- SPDX-License-Identifier: Apache-2.0
-- session_persons: distinct persons of each session, new ones, unexplained ones, and near-consecutive numbers.
--   Apart: of the unexplained ones, those whom no colleague of the organisation opens; of these, those whom
--   other organisations open, and those opened only by organisations with few persons in common.
-- reads   person_views, explained_views, met_persons, shared_persons, distant_persons
-- gives   session_persons: one row per session that saw somebody
-- binds   $first, $last
with

explained as (
    select distinct
        actor,
        number
    from explained_views
    where actor between $first and $last
),

ordered as (
    select
        v.session,
        v.is_new,
        v.is_new and x.number is null                         as is_unexplained,
        v.is_new and x.number is null and s.number is not null as is_shared,
        v.is_new and d.number is not null                     as is_elsewhere,
        d.is_tied,
        p.digits,
        lag(p.digits) over (
            partition by v.session
            order by v.seen_at, v.event_id, v.number
        ) as digits_before
    from person_views as v
    join met_persons as p
      on p.number = v.number
    left join explained as x
      on x.actor = v.actor
     and x.number = v.number
    left join shared_persons as s
      on s.actor = v.actor
     and s.number = v.number
    left join distant_persons as d
      on d.actor = v.actor
     and d.number = v.number
    where v.actor between $first and $last
)

select
    session,
    count(*)                                                                   as persons,
    count(*) filter (where is_new)                                             as new_persons,
    count(*) filter (where is_unexplained)                                     as unexplained,
    count(*) filter (where is_unexplained and not is_shared)                   as unshared,
    count(*) filter (where is_elsewhere)                                       as elsewhere,
    count(*) filter (where is_elsewhere and not is_tied)                       as untied,
    count(digits - digits_before)                                              as pairs,
    count(*) filter (where abs(digits - digits_before) between 1 and 3)        as near_pairs
from ordered
group by session
