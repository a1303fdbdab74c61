-- SPDX-License-Identifier: Apache-2.0
-- lone_paths: accounts that reach persons by a path that nobody else ever took.
-- reads   events, seen_persons, actors
-- gives   one row per account
-- binds   (none)
with

shapes as (
    select
        e.account,
        regexp_replace(e.object, '[^/]*[0-9][^/]*', '*', 'g') as shape,
        v.person,
        e.event_id,
        e.occurred_at
    from events as e
    join seen_persons as v
      on v.event_id = e.event_id
    where e.object is not null
),

alone as (
    select
        shape,
        any_value(account)         as account,
        min(occurred_at)           as first_at,
        max(occurred_at)           as last_at,
        count(distinct event_id)   as events,
        count(distinct person)     as persons
    from shapes
    group by shape
    having count(distinct account) = 1
       and count(distinct person) >= 20
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
