-- SPDX-License-Identifier: Apache-2.0
-- request_pairs: requests that two sources tell once each, a slice of all, with the two times.
-- reads   events
-- gives   clock_pairs: one row per request and two sources
-- binds   $slices, $are_told (whether two sources tell requests at all)
with firsts as (
    select
        source,
        hash(request) as request_hash,
        min(occurred_at) as told_at
    from events
    where $are_told
        and request is not null
        and hash(request) % $slices = 0
    group by
        source,
        hash(request)
    having count(distinct coalesce(retry_of, event_id)) = 1
)
select
    a.source,
    b.source as other,
    'request' as way,
    date_trunc('day', a.told_at) as day,
    epoch_us(b.told_at) - epoch_us(a.told_at) as lead_us
from firsts as a
inner join firsts as b
    on b.request_hash = a.request_hash
    and b.source > a.source
where abs(epoch_us(b.told_at) - epoch_us(a.told_at)) <= 86400000000
