-- SPDX-License-Identifier: Apache-2.0
-- request_hours: in each hour, the requests that each source tells and those of them that another one tells too.
-- reads   events
-- gives   request_hours: one row per two sources and hour, within the stretch that both cover
with firsts as (
    select
        source,
        hash(request) as request,
        min(occurred_at) as told_at
    from events
    where request is not null
        and occurred_at is not null
    group by
        source,
        hash(request)
),
stretches as (
    select
        source,
        min(told_at) as first_at,
        max(told_at) as last_at
    from firsts
    group by source
),
pairs as (
    select
        a.source,
        b.source as other,
        greatest(a.first_at, b.first_at) as first_at,
        least(a.last_at, b.last_at) as last_at
    from stretches as a
    inner join stretches as b
        on b.source <> a.source
)
select
    p.source,
    p.other,
    date_trunc('hour', o.told_at) as hour,
    cast(count(*) as bigint) as requests,
    cast(count(*) filter (where mine.request is null) as bigint) as lacking
from pairs as p
inner join firsts as o
    on o.source = p.other
    and o.told_at >= p.first_at
    and o.told_at <= p.last_at
left join firsts as mine
    on mine.source = p.source
    and mine.request = o.request
group by
    p.source,
    p.other,
    date_trunc('hour', o.told_at)
