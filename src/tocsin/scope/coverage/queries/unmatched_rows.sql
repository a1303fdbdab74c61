-- SPDX-License-Identifier: Apache-2.0
-- unmatched_rows: hours in which a source lacks requests that another one tells, where it usually has them all.
--   1. the two are compared where the first tells 95 % of the other's requests in the median hour
--   2. an hour is found when it lacks six standard deviations more than in the median hour, and five requests
--   3. what it lacks is a hole of that many records where the other's custody is no weaker
-- reads   request_hours, source_facts
-- gives   unmatched_rows: one row per two sources and hour, in the shape of `coverage`
with usual as (
    select
        source,
        other,
        median(lacking / requests) as share,
        sum(lacking) / sum(requests) as mean_share
    from request_hours
    group by
        source,
        other
    having count(*) >= 3
)
select
    r.source,
    cast(null as varchar) as node,
    'unmatched' as test,
    r.hour as from_at,
    r.hour + interval 1 hour as until_at,
    cast(null as varchar) as account,
    r.lacking as most_records,
    to_json({'other': r.other, 'requests': r.requests, 'lacking': r.lacking}) as figures,
    o.custody_rank <= f.custody_rank as is_hole
from request_hours as r
inner join usual as u
    on u.source = r.source
    and u.other = r.other
    and u.share <= 0.05
    and u.mean_share <= 0.5
inner join source_facts as f
    on f.source = r.source
inner join source_facts as o
    on o.source = r.other
where r.lacking - r.requests * u.share >= 5
    and r.lacking - r.requests * u.share > 6 * sqrt(greatest(r.requests * u.share * (1 - u.share), 0.1))
