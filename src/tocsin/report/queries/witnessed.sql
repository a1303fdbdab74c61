-- SPDX-License-Identifier: Apache-2.0
-- witnessed: the events behind a figure, and beside each those of other logs that tell of the same act.
-- reads   behind, witnesses
-- gives   witnessed: one row per event; those of one act follow one another, the best kept first
-- binds   $with_witnesses

with

told as (
    select distinct
        b.event_id,
        case when $with_witnesses then w.act_id end as act_id
    from behind as b
    left join witnesses as w
      on w.event_id = b.event_id
)

select
    event_id,
    event_id as act_id,
    1 as rank
from told
where act_id is null
union all
select
    event_id,
    act_id,
    rank
from witnesses
where act_id in (select t.act_id from told as t)
