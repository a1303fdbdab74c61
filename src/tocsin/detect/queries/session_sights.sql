-- SPDX-License-Identifier: Apache-2.0
-- session_sights: distinct persons of each session, new ones, and near-consecutive numbers.
--   Views are sorted and then gone through in that order: half of what a window with an order of its own takes.
-- reads   bucket_views, first_views
-- gives   session_sights: one row per session that saw somebody
-- binds   (none)
with

sorted as (
    select
        session,
        actor,
        digits
    from bucket_views
    order by session, seen_us, digits
),

paired as (
    select
        session,
        actor,
        digits,
        case when session = lag(session) over () then lag(digits) over () end as digits_before
    from sorted
),

seen as (
    select
        session,
        actor,
        cast(count(*) as integer)                                                           as persons,
        cast(count(digits - digits_before) as integer)                                      as pairs,
        cast(count(*) filter (where abs(digits - digits_before) between 1 and 3) as integer) as near_pairs
    from paired
    group by session, actor
),

new as (
    select
        session,
        cast(count(*) as integer) as new_persons
    from first_views
    group by session
)

select
    s.*,
    coalesce(n.new_persons, 0) as new_persons
from seen as s
left join new as n
  on n.session = s.session
