-- SPDX-License-Identifier: Apache-2.0
-- evidence_lines: five events of each session that speak most: persons new to the account without a known
--   link first.
-- reads   held_views, explained_views, split_actors
-- gives   evidence_lines: one row per session that saw somebody
-- binds   (none)
with

explained as (
    select distinct
        x.actor,
        x.number
    from explained_views as x
    semi join (select a.actor from split_actors as a where not a.is_clean) as h
      on h.actor = x.actor
),

views as (
    select
        v.session,
        v.event_id,
        row_number() over (
            partition by v.session
            order by
                (x.number is null and v.is_new) desc,
                v.seen_at,
                v.event_id
        ) as place
    from held_views as v
    left join explained as x
      on x.actor = v.actor
     and x.number = v.number
)

select
    session,
    list(event_id order by event_id) as lines
from views
where place <= 5
group by session
