-- SPDX-License-Identifier: Apache-2.0
-- event_pace: how many records each file holds in each hour.
-- reads   events
-- gives   event_pace: one row per file and hour
-- binds   (none)

select
    file_number,
    source,
    date_trunc('hour', occurred_at)         as hour_at,
    min(occurred_at)                        as first_at,
    max(occurred_at)                        as last_at,
    count(*)                                as events,
    count(*) filter (account is null)       as nameless
from events
group by file_number, source, hour_at
