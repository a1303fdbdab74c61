-- SPDX-License-Identifier: Apache-2.0
-- search_steps: searches of a session that go up the alphabet, the calendar or the numbers.
-- reads   bucket_events, event_cuts
-- gives   search_steps: one row per session that searched twice
-- binds   (none)
with

ordered as (
    select
        x.first_event_id as session,
        coalesce(e.query, e.object) as asked,
        lag(coalesce(e.query, e.object)) over (
            partition by x.first_event_id
            order by e.occurred_at, e.event_id
        ) as asked_before
    from bucket_events as e
    join event_cuts as x
      on x.event_id = e.event_id
    where e.action = 'search'
)

select
    session,
    count(*)                                      as steps,
    count(*) filter (where asked > asked_before)  as rising
from ordered
where asked <> asked_before
group by session
