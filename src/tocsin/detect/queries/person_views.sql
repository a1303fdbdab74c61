-- SPDX-License-Identifier: Apache-2.0
-- person_views: the distinct persons of each session, and whether its account sees them for the first time.
-- reads   obtained_persons, met_persons, event_cuts, session_acts, actors
-- gives   person_views: one row per session and person
-- binds   (none)
with

numbered as (
    select
        o.event_id,
        o.occurred_at,
        p.number
    from obtained_persons as o
    join met_persons as p
      on p.person = o.person
     and p.registry is not distinct from o.registry
),

views as (
    select
        x.first_event_id   as session,
        n.number,
        min(n.occurred_at) as seen_at,
        min(n.event_id)    as event_id
    from numbered as n
    join event_cuts as x
      on x.event_id = n.event_id
    group by x.first_event_id, n.number
),

owned as (
    select
        v.*,
        a.actor
    from views as v
    join session_acts as s
      on s.session = v.session
    join actors as a
      on a.account = s.account
)

select
    *,
    row_number() over (
        partition by actor, number
        order by seen_at, event_id
    ) = 1 as is_new
from owned
