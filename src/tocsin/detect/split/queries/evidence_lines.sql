-- SPDX-License-Identifier: Apache-2.0
-- evidence_lines: five events of each session that speak most: persons new to the account without a known
--   link first.
-- reads   held_views, unexplained_views
-- gives   evidence_lines: one row per session that saw somebody
-- binds   (none)
with

views as (
    select
        v.session,
        v.event_id,
        row_number() over (
            partition by v.session
            order by
                (u.number is not null) desc,
                v.seen_at,
                v.event_id
        ) as place
    from held_views as v
    left join unexplained_views as u
      on u.session = v.session
     and u.number = hash(v.registry, v.person)
)

select
    session,
    list(event_id order by event_id) as lines
from views
where place <= 5
group by session
