-- SPDX-License-Identifier: Apache-2.0
-- bucket_views: the distinct persons of each session, and whether its account sees them for the first time.
-- reads   seen_persons, half_hour_cuts
-- gives   bucket_views: one row per session and person of these accounts
-- binds   (none)
with

views as (
    select
        x.session,
        n.number,
        min(n.occurred_at) as seen_at,
        any_value(x.actor) as actor,
        any_value(n.digits) as digits
    from seen_persons as n
    join half_hour_cuts as x
      on x.habit = n.habit
     and x.half_hour = n.half_hour
    group by x.session, n.number
)

select
    *,
    row_number() over (
        partition by actor, number
        order by seen_at, session
    ) = 1 as is_new
from views
