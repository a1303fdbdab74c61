-- SPDX-License-Identifier: Apache-2.0
-- named_shown: the persons and records that accesses name.
-- reads   named_owners, named_persons, named_unowned, scoped
-- gives   shown: one row per event, rule, person and record
with told as (
    select
        event_id,
        rule,
        registry,
        person,
        record_type,
        record
    from named_owners
    union all
    -- A person whose record stands above is told; a record that no table knows goes with the persons named.
    select
        p.event_id,
        p.rule,
        p.registry,
        p.person,
        u.record_type,
        u.record
    from named_persons as p
    left join named_unowned as u
        on u.event_id = p.event_id
        and u.rule = p.rule
    where not exists (
        select 1
        from named_owners as o
        where o.event_id = p.event_id
            and o.rule = p.rule
            and o.registry = p.registry
            and o.person = p.person
    )
),
taking as (
    select event_id
    from scoped
    where action in ('download', 'export')
        and outcome = 'success'
)
select
    t.event_id,
    t.rule,
    t.registry,
    t.person,
    t.record_type,
    t.record,
    case when t.event_id in (select f.event_id from taking as f) then 'taken' else 'shown' end as certainty,
    true as exact,
    'named' as resolver
from told as t
