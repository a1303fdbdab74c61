-- SPDX-License-Identifier: Apache-2.0
-- named_owners: whose the named records were when they were asked for.
-- reads   named, named_records
-- gives   named_owners: one row per event, rule, record and person
with owners as (
    select
        record_type,
        record,
        min(registry) as registry,
        min(person) as person,
        count(*) as held_rows
    from named_records
    group by
        record_type,
        record
),
wanted as (
    select
        n.event_id,
        n.rule,
        n.record_type,
        n.id as record,
        n.registry,
        n.occurred_at,
        o.registry as record_registry,
        o.person,
        o.held_rows
    from named as n
    inner join owners as o
        on o.record_type = n.record_type
        and o.record = n.id
    where n.kind = 'record'
),
-- Most records never changed hands; for the others the day tells.
changing as (
    select
        w.event_id,
        w.rule,
        w.record_type,
        w.record,
        w.registry,
        r.registry as record_registry,
        r.person,
        rank() over (
            partition by
                w.event_id,
                w.rule,
                w.record_type,
                w.record
            -- The rows of the day; else the last one before, else the first one after.
            order by
                case
                    when coalesce(r.valid_from <= w.occurred_at, true)
                        and coalesce(w.occurred_at < r.valid_until, true)
                        then 0
                    when r.valid_from <= w.occurred_at then 1
                    else 2
                end,
                case
                    when coalesce(r.valid_from <= w.occurred_at, true)
                        and coalesce(w.occurred_at < r.valid_until, true)
                        then 0
                    else abs(epoch_us(w.occurred_at) - epoch_us(coalesce(r.valid_from, r.valid_until)))
                end
        ) as place
    from wanted as w
    inner join named_records as r
        on r.record_type = w.record_type
        and r.record = w.record
    where w.held_rows > 1
)
select
    event_id,
    rule,
    record_type,
    record,
    coalesce(record_registry, registry) as registry,
    person
from wanted
where held_rows = 1
    and person is not null
union all
select distinct
    event_id,
    rule,
    record_type,
    record,
    coalesce(record_registry, registry),
    person
from changing
where place = 1
    and person is not null
