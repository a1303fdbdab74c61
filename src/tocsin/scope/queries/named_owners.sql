-- SPDX-License-Identifier: Apache-2.0
-- named_owners: whose the named records were when they were asked for.
-- reads   named, named_records
-- gives   named_owners: one row per event, rule, record and person
with several as (
    select
        record_type,
        record
    from named_records
    group by
        record_type,
        record
    having count(*) > 1
),
-- Most records never changed hands; for the others the day tells.
changing as (
    select
        w.event_id,
        w.rule,
        w.record_type,
        w.id as record,
        w.registry,
        r.registry as record_registry,
        r.person,
        rank() over (
            partition by
                w.event_id,
                w.rule,
                w.record_type,
                w.id
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
    from named as w
    inner join several as s
        on s.record_type = w.record_type
        and s.record = w.id
    inner join named_records as r
        on r.record_type = w.record_type
        and r.record = w.id
    where w.kind = 'record'
)
select
    n.event_id,
    n.rule,
    n.record_type,
    n.id as record,
    coalesce(r.registry, n.registry) as registry,
    r.person
from named as n
inner join named_records as r
    on r.record_type = n.record_type
    and r.record = n.id
where n.kind = 'record'
    and r.person is not null
    and not exists (
        select 1
        from several as s
        where s.record_type = r.record_type
            and s.record = r.record
    )
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
