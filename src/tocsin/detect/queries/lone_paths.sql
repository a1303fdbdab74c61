-- SPDX-License-Identifier: Apache-2.0
-- lone_paths: accounts that reach persons by a path that nobody else ever took.
-- reads   path_shapes, actors
-- gives   one row per account
-- binds   (none)
with

alone as (
    select
        shape,
        any_value(account)   as account,
        any_value(first_at)  as first_at,
        any_value(last_at)   as last_at,
        any_value(events)    as events,
        any_value(persons)   as persons
    from path_shapes
    group by shape
    having count(*) = 1
       and any_value(persons) >= 20
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
where (select count(*) from actors) >= 20
group by account
