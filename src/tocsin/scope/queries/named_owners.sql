-- SPDX-License-Identifier: Apache-2.0
-- named_owners: whose the named records were when they were asked for.
-- reads   named, scoped, records
-- gives   named_owners: one row per event, rule, record and person
with wanted as (
    select distinct
        n.event_id,
        n.rule,
        n.record_type,
        n.id as record,
        n.registry,
        e.occurred_at
    from named as n
    inner join scoped as e
        on e.event_id = n.event_id
    where n.kind = 'record'
),
held as (
    select
        w.*,
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
    inner join records as r
        on r.record_type = w.record_type
        and r.record = w.record
)
select distinct
    event_id,
    rule,
    record_type,
    record,
    coalesce(record_registry, registry) as registry,
    person
from held
where place = 1
    and person is not null
