-- SPDX-License-Identifier: Apache-2.0
-- covered: what the logs hold in all.
-- reads   event_pace, account_habits
-- gives   one row
-- binds   (none)

select
    min(first_at)                                       as first_at,
    max(last_at)                                        as last_at,
    cast(coalesce(sum(events), 0) as bigint)            as events,
    cast(coalesce(sum(nameless), 0) as bigint)          as nameless,
    (select count(*) from account_habits)               as accounts
from event_pace
