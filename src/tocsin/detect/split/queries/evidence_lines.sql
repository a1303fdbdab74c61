-- SPDX-License-Identifier: Apache-2.0
-- evidence_lines: five events of each session that speak most: persons new to the account without a known
--   link first.
-- reads   session_views, explanations, split_actors
-- gives   evidence_lines: one row per session that saw somebody
-- binds   (none)
with

explained as (
    select distinct actor, person
    from explanations
),

views as (
    select
        v.session,
        v.event_id,
        row_number() over (
            partition by v.session
            order by
                (x.person is null and v.is_new) desc,
                v.seen_at,
                v.event_id,
                v.person
        ) as place
    from session_views as v
    join split_actors as a
      on a.actor = v.actor
     and not a.is_clean
    left join explained as x
      on x.actor = v.actor
     and x.person = v.person
)

select
    session,
    list(event_id order by event_id) as lines
from views
where place <= 5
group by session
