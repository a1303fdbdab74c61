-- SPDX-License-Identifier: Apache-2.0
-- clock_skews: how far the clocks of two sources stand apart, and how that moves from day to day.
-- reads   skews
-- gives   one row per two sources

with

days as (
    select
        source,
        other,
        way,
        count(*) as days,
        min(median_us) as least_day_us,
        max(median_us) as most_day_us
    from skews
    where day is not null
    group by
        source,
        other,
        way
)

select
    s.source,
    s.other,
    s.way,
    s.pairs,
    s.median_us,
    s.p05_us,
    s.p95_us,
    d.days,
    d.least_day_us,
    d.most_day_us
from skews as s
join days as d
  on d.source = s.source
 and d.other = s.other
 and d.way = s.way
where s.day is null
order by
    s.source,
    s.other,
    s.way
