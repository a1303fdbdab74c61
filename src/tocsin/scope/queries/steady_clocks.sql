-- SPDX-License-Identifier: Apache-2.0
-- steady_clocks: the days on which two sources' clocks are known well enough to join by time.
-- reads   clock_skews
-- gives   steady_clocks: one row per two sources and day; both directions
-- binds   $least_pairs, $window_us
with steady as (
    select
        source,
        other,
        day,
        median_us,
        greatest(most_us - median_us, median_us - least_us) as farthest_us
    from clock_skews
    where day is not null
        and pairs >= $least_pairs
        and p95_us - p05_us <= $window_us
)
select *
from steady
union all
select
    other,
    source,
    day,
    -median_us,
    farthest_us
from steady
