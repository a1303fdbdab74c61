-- SPDX-License-Identifier: Apache-2.0
-- hole_limits: the most records and persons that each hole can hold, by what somebody vouches for.
--   1. a throughput, times the length of the hole
--   2. the bytes that another source counted in the hours that the hole touches, over those of the least reply;
--      none where that source tells nothing of these hours
--   3. the persons of complete registries
-- reads   holes, source_limits, vouched_persons, events
-- gives   hole_limits: one row per hole that has a limit
with hours as (
    select
        l.source,
        date_trunc('hour', e.occurred_at) as hour,
        sum(e.bytes) as bytes
    from source_limits as l
    inner join events as e
        on e.source = l.bytes_seen_by
    where l.least_bytes > 0
    group by
        l.source,
        date_trunc('hour', e.occurred_at)
),
left_bytes as (
    select
        h.source,
        h.node,
        h.kind,
        h.from_at,
        h.until_at,
        h.missing,
        sum(b.bytes) as bytes
    from (select distinct * from holes) as h
    inner join hours as b
        on b.source = h.source
        and b.hour >= date_trunc('hour', h.from_at)
        and b.hour < h.until_at
    group by all
)
select distinct
    h.source,
    h.node,
    h.kind,
    h.from_at,
    h.until_at,
    h.missing,
    cast(least(
        ceil(l.per_second * epoch(h.until_at - h.from_at)),
        ceil(b.bytes / l.least_bytes)
    ) as bigint) as most_records,
    v.persons as most_persons
from holes as h
inner join source_limits as l
    on l.source = h.source
left join vouched_persons as v
    on v.source = h.source
left join left_bytes as b
    on b.source = h.source
    and b.node is not distinct from h.node
    and b.kind = h.kind
    and b.from_at is not distinct from h.from_at
    and b.until_at is not distinct from h.until_at
    and b.missing is not distinct from h.missing
where l.per_second is not null
    or v.persons is not null
    or b.bytes is not null
