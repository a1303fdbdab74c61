-- SPDX-License-Identifier: Apache-2.0
-- skews: how far the clock of one source runs ahead of another's, by day and over all days.
-- reads   clock_pairs
-- gives   skews: one row per two sources, way of joining and day; day null for all days
select
    source,
    other,
    way,
    day,
    cast(count(*) as bigint) as pairs,
    quantile_disc(lead_us, 0.5) as median_us,
    quantile_disc(lead_us, 0.05) as p05_us,
    quantile_disc(lead_us, 0.95) as p95_us,
    min(lead_us) as least_us,
    max(lead_us) as most_us
from clock_pairs
group by grouping sets (
    (source, other, way, day),
    (source, other, way)
)
