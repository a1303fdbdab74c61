-- SPDX-License-Identifier: Apache-2.0
-- silent_days: stretches in which a log holds nothing for five whole days at least, between two of its events.
-- reads   events
-- gives   silent_days: one row per source and stretch
-- binds   (none)
with

days as (
    select
        source,
        epoch_us(occurred_at) // 86400000000 as day,
        min(occurred_at)                     as first_at,
        max(occurred_at)                     as last_at
    from events
    group by source, day
),

stretches as (
    select
        source,
        last_at                                                                            as from_at,
        lead(first_at) over (partition by source order by day)                             as until_at,
        lead(day) over (partition by source order by day) - day - 1                        as empty_days
    from days
)

select
    source,
    from_at,
    until_at,
    empty_days
from stretches
where empty_days >= 5
