-- SPDX-License-Identifier: Apache-2.0
-- lone_paths: accounts that reach persons by a path that nobody else ever took.
-- reads   lone_shapes, lone_events, obtained_persons
-- gives   one row per account
-- binds   (none)
with

reached as (
    select
        regexp_replace(e.object, '[^/]*[0-9][^/]*', '*', 'g') as shape,
        count(distinct (v.registry, v.person))                as persons
    from lone_events as e
    join obtained_persons as v
      on v.event_id = e.event_id
    group by shape
),

alone as (
    select
        s.*,
        r.persons
    from lone_shapes as s
    join reached as r
      on r.shape = s.shape
    where r.persons >= 20
)

select
    account,
    count(*)                                as paths,
    cast(sum(persons) as double)            as score,
    0.3                                     as p,
    min(first_at)                           as first_at,
    max(last_at)                            as last_at,
    cast(sum(events) as bigint)             as events,
    cast(max(persons) as bigint)            as persons
from alone
group by account
