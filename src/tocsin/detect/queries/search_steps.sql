-- SPDX-License-Identifier: Apache-2.0
-- search_steps: searches of a session that go up the alphabet, the calendar or the numbers.
-- reads   asked_searches, half_hour_cuts
-- gives   search_steps: one row per session that searched twice
-- binds   (none)
with

ordered as (
    select
        x.session,
        x.actor,
        s.asked,
        lag(s.asked) over (
            partition by x.session
            order by s.occurred_at, s.event_id
        ) as asked_before
    from asked_searches as s
    join half_hour_cuts as x
      on x.habit = s.habit
     and x.half_hour = s.half_hour
)

select
    session,
    any_value(actor)                                              as actor,
    cast(count(*) as integer)                                     as steps,
    cast(count(*) filter (where asked > asked_before) as integer) as rising
from ordered
where asked <> asked_before
group by session
