-- SPDX-License-Identifier: Apache-2.0
-- outage_spans: hours that are out, one after the other, as one outage with its instants.
--   1. hours in which nobody usually works do not end an outage
--   2. without refusals, at least twenty persons times hours must have been lacking
--   3. it begins with the last thing that anybody got before, and ends with the first one after; null: never
-- reads   worker_hours, workers
-- gives   outage_spans: one row per outage
with runs as (
    select
        *,
        row_number() over (partition by source order by hour)
        - row_number() over (partition by source, is_out order by hour) as run
    from worker_hours
),
islands as (
    select
        source,
        min(hour) as first_hour,
        max(hour) as last_hour,
        sum(usual) as lacking,
        sum(refused) as refused,
        max(usual) as most_at_once,
        count(*) as hours
    from runs
    where is_out
    group by
        source,
        run
),
timed as (
    select
        i.*,
        max(w.last_at) filter (where w.hour < i.first_hour) as from_at,
        min(w.first_at) filter (where w.hour > i.last_hour) as until_at
    from islands as i
    inner join workers as w
        on w.source = i.source
    where i.refused >= 20
        or i.lacking >= 20
    group by all
)
select
    row_number() over (order by first_hour, source) as outage,
    source,
    from_at,
    until_at,
    first_hour,
    last_hour,
    hours,
    cast(refused as bigint) as refused
from timed
where from_at is not null
