-- SPDX-License-Identifier: Apache-2.0
-- period_rows: ends of the declared period that hold nothing, as after rotation or an expired retention; and
--   what the receiver said it lost.
-- reads   gaps
-- gives   period_rows: one row per gap of these kinds, in the shape of `coverage`
select
    source,
    node,
    case kind when 'period' then 'rotation' else 'reception' end as test,
    from_at,
    until_at,
    cast(null as varchar) as account,
    missing as most_records,
    to_json({'hours': round(epoch(until_at - from_at) / 3600, 1)}) as figures,
    false as is_hole
from gaps
where kind <> 'sequence'
