-- SPDX-License-Identifier: Apache-2.0
-- unsigned: persons shown to whoever asked, without an account, by path.
-- reads   unsigned_events, obtained_persons
-- gives   one row: persons, accesses, addresses and the path that showed most
-- binds   (none)
with

shown as (
    select
        e.event_id,
        e.address,
        coalesce(regexp_replace(e.object, '[^/]*[0-9][^/]*', '*', 'g'), '?') as shape,
        v.registry,
        v.person
    from unsigned_events as e
    join obtained_persons as v
      on v.event_id = e.event_id
),

paths as (
    select
        shape,
        count(distinct (registry, person)) as persons
    from shown
    group by shape
),

total as (
    select
        count(distinct (registry, person))  as persons,
        count(distinct event_id)            as events,
        count(distinct address)             as addresses
    from shown
)

select
    t.persons,
    t.events,
    t.addresses,
    (select arg_max(p.shape, (p.persons, p.shape)) from paths as p) as shape
from total as t
where t.persons > 0
