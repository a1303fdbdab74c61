-- SPDX-License-Identifier: Apache-2.0
-- counter_rows: what each node's counter says is missing, day by day; a steady share of it is sampling.
--   Sampling: at least twenty jumps in a day, none of which holds a tenth of what is missing, and from a
--   twentieth to nineteen twentieths of the numbers missing. Of another jump each has its own row in `gaps`.
-- reads   gaps, sequences
-- gives   counter_rows: one row per source, node and day of the jumps, in the shape of `coverage`
with jumps as (
    select
        source,
        node,
        date_trunc('day', from_at) as day,
        count(*) as jumps,
        sum(missing) as missing,
        max(missing) as largest,
        min(from_at) as from_at,
        max(until_at) as until_at
    from gaps
    where kind = 'sequence'
    group by
        source,
        node,
        date_trunc('day', from_at)
),
held as (
    select
        source,
        node,
        date_trunc('day', first_at) as day,
        sum(last_sequence - first_sequence + 1) as held
    from sequences
    group by
        source,
        node,
        date_trunc('day', first_at)
)
select
    j.source,
    j.node,
    case
        when j.jumps >= 20
            and j.largest * 10 <= j.missing
            and j.missing between 0.05 * (j.missing + h.held) and 0.95 * (j.missing + h.held)
            then 'sampling'
        else 'counter'
    end as test,
    j.from_at,
    j.until_at,
    cast(null as varchar) as account,
    cast(j.missing as bigint) as most_records,
    to_json({
        'jumps': j.jumps,
        'missing': cast(j.missing as bigint),
        'held': cast(h.held as bigint),
        'share': round(j.missing / (j.missing + coalesce(h.held, 0)), 4)
    }) as figures,
    false as is_hole
from jumps as j
left join held as h
    on h.source = j.source
    and h.node is not distinct from j.node
    and h.day = j.day
