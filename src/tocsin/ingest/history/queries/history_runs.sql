-- SPDX-License-Identifier: Apache-2.0
-- history_runs: the stretches of time in which every change of a column was told, by one source or several.
-- reads   history_streams
-- gives   history_runs: one row per column and stretch, both ends included
-- binds   (none)
with

reached as (
    select
        *,
        max(until) over (
            partition by name order by since, until rows between unbounded preceding and 1 preceding
        ) as before
    from history_streams
),

counted as (
    select
        *,
        count(*) filter (where before is null or before < since) over (partition by name order by since, until) as run
    from reached
)

select
    name,
    run,
    min(since) as since,
    max(until) as until
from counted
group by name, run
