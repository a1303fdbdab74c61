-- SPDX-License-Identifier: Apache-2.0
-- session_views: the distinct persons of each session, and whether its account sees them for the first time.
-- reads   seen_persons, event_cuts, actors
-- gives   session_views: one row per session and person
-- binds   (none)
with

views as (
    select
        x.first_event_id   as session,
        a.actor,
        v.person,
        min(v.occurred_at) as seen_at,
        min(v.event_id)    as event_id
    from seen_persons as v
    join event_cuts as x
      on x.event_id = v.event_id
    join actors as a
      on a.account = v.account
    group by x.first_event_id, a.actor, v.person
)

select
    *,
    row_number() over (
        partition by actor, person
        order by seen_at, event_id
    ) = 1 as is_new
from views
