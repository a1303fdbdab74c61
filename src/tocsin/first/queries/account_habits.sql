-- SPDX-License-Identifier: Apache-2.0
-- account_habits: every account of the logs within the period: how much it did, and at which hours.
-- reads   events
-- gives   account_habits: one row per account
-- binds   $since, $until, $zone

select
    account,
    count(*)                                                                        as events,
    count(*) filter (outcome = 'failure')                                           as failures,
    count(*) filter (hour(occurred_at at time zone $zone) not between 7 and 19)     as night_events,
    cast(coalesce(sum(bytes), 0) as bigint)                                         as bytes,
    bit_or(1 << cast(hour(occurred_at at time zone $zone) as integer))              as hours
from events
where account is not null
  and ($since is null or occurred_at >= cast($since as timestamptz))
  and ($until is null or occurred_at < cast($until as timestamptz))
group by account
