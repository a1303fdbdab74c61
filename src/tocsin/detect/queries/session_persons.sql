-- SPDX-License-Identifier: Apache-2.0
-- session_persons: distinct persons of each session, new ones, unexplained ones, and near-consecutive numbers.
-- reads   session_views, explanations
-- gives   session_persons: one row per session that saw somebody
-- binds   (none)
with

explained as (
    select distinct
        actor,
        person
    from explanations
),

ordered as (
    select
        v.session,
        v.is_new,
        v.is_new and x.person is null as is_unexplained,
        try_cast(regexp_extract(v.person, '[0-9]{1,18}$') as bigint) as number,
        lag(try_cast(regexp_extract(v.person, '[0-9]{1,18}$') as bigint)) over (
            partition by v.session
            order by v.seen_at, v.event_id, v.person
        ) as number_before
    from session_views as v
    left join explained as x
      on x.actor = v.actor
     and x.person = v.person
)

select
    session,
    count(*)                                                                   as persons,
    count(*) filter (where is_new)                                             as new_persons,
    count(*) filter (where is_unexplained)                                     as unexplained,
    count(number - number_before)                                              as pairs,
    count(*) filter (where abs(number - number_before) between 1 and 3)        as near_pairs
from ordered
group by session
