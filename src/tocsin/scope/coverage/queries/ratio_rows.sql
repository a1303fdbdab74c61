-- SPDX-License-Identifier: Apache-2.0
-- ratio_rows: hours in which a source tells far fewer records than another one's, against their usual ratio.
--   1. only for two sources that share no requests, and hours in which the other tells thirty records or more
--   2. the usual ratio is the median of the hours, its spread the median deviation times 1.4826; an hour is
--      found below it by six spreads, and below a half of it
-- reads   busy, request_hours
-- gives   ratio_rows: one row per two sources and hour, in the shape of `coverage`
with sharing as (
    select distinct
        source,
        other
    from request_hours
    where lacking < requests
),
hours as (
    select
        o.source as other,
        m.source,
        o.hour,
        o.events as others,
        coalesce(b.events, 0) as events,
        coalesce(b.events, 0) / o.events as ratio
    from busy as o
    inner join (select distinct c.source from busy as c) as m
        on m.source <> o.source
    left join busy as b
        on b.source = m.source
        and b.hour = o.hour
        and b.node is null
    left join sharing as s
        on s.source = m.source
        and s.other = o.source
    where o.node is null
        and o.events >= 30
        and o.refused * 2 < o.events
        and s.source is null
),
usual as (
    select
        source,
        other,
        median(ratio) as ratio,
        mad(ratio) * 1.4826 as spread
    from hours
    group by
        source,
        other
    having count(*) >= 24
        and median(ratio) > 0
)
select
    h.source,
    cast(null as varchar) as node,
    'ratio' as test,
    h.hour as from_at,
    h.hour + interval 1 hour as until_at,
    cast(null as varchar) as account,
    cast(null as bigint) as most_records,
    to_json({
        'other': h.other,
        'events': h.events,
        'others': h.others,
        'usual': round(u.ratio, 3)
    }) as figures,
    false as is_hole
from hours as h
inner join usual as u
    on u.source = h.source
    and u.other = h.other
where h.ratio < u.ratio - 6 * greatest(u.spread, sqrt(u.ratio / h.others))
    and h.ratio < u.ratio / 2
