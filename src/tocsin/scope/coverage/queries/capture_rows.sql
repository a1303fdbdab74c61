-- SPDX-License-Identifier: Apache-2.0
-- capture_rows: how many requests two recorders would have told in all, by Chapman's estimate. A diagnostic:
--   it is right only for recorders that miss independently of one another, and it enters no count.
-- reads   request_hours
-- gives   capture_rows: one row per two sources, in the shape of `coverage`
with sums as (
    select
        a.source,
        a.other,
        sum(a.requests) as others,
        sum(a.requests - a.lacking) as both
    from request_hours as a
    group by
        a.source,
        a.other
)
select
    a.source,
    cast(null as varchar) as node,
    'capture' as test,
    cast(null as timestamp with time zone) as from_at,
    cast(null as timestamp with time zone) as until_at,
    cast(null as varchar) as account,
    cast(null as bigint) as most_records,
    to_json({
        'other': a.other,
        'own': cast(b.others as bigint),
        'others': cast(a.others as bigint),
        'both': cast(a.both as bigint),
        'held': cast(a.others + b.others - a.both as bigint),
        'estimate': cast(floor((a.others + 1) * (b.others + 1) / (a.both + 1)) - 1 as bigint)
    }) as figures,
    false as is_hole
from sums as a
inner join sums as b
    on b.source = a.other
    and b.other = a.source
where a.source < a.other
    and a.both > 0
    and least(a.others, b.others) > a.both
