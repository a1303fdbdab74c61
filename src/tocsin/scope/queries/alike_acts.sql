-- SPDX-License-Identifier: Apache-2.0
-- alike_acts: every event that asks what an event in scope asks, from the same address: one key per address, path,
--   query and action.
-- reads   events, scoped, judged, request_acts
-- gives   alike_acts: one row per event whose key stands in two sources; `is_free` when no request joined it
with addresses as (
    select distinct address
    from scoped
    where address is not null
        and starts_with(object, '/')
        and event_id not in (select a.event_id from request_acts as a)
),
-- Few addresses are in scope, and fewer stand in two sources: only what these asked is looked at any closer.
shared_addresses as (
    select address
    from (
        select distinct
            e.address,
            e.source
        from events as e
        where e.address in (select a.address from addresses as a)
    ) as told
    group by address
    having count(*) > 1
),
asked as (
    select distinct hash(e.address, e.object, coalesce(e.query, ''), e.action) as act_key
    from events as e
    inner join judged as j
        on j.event_id = e.event_id
    where e.address in (select s.address from shared_addresses as s)
        and starts_with(e.object, '/')
        and e.event_id not in (select a.event_id from request_acts as a)
),
alike as (
    select
        e.event_id,
        e.source,
        e.occurred_at,
        e.request is not null as has_request,
        e.retry_of is not null as is_retry,
        hash(e.address, e.object, coalesce(e.query, ''), e.action) as act_key,
        e.event_id not in (select a.event_id from request_acts as a) as is_free,
        j.event_id is not null as in_scope
    from events as e
    left join judged as j
        on j.event_id = e.event_id
    where e.address in (select s.address from shared_addresses as s)
        and starts_with(e.object, '/')
        and hash(e.address, e.object, coalesce(e.query, ''), e.action) in (select a.act_key from asked as a)
),
shared as (
    select act_key
    from alike
    group by act_key
    having min(source) <> max(source)
)
select a.*
from alike as a
where a.act_key in (select s.act_key from shared as s)
