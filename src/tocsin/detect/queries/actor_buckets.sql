-- SPDX-License-Identifier: Apache-2.0
-- actor_buckets: accounts in order, so many together that what they did fits in memory.
--   A giant account has a bucket of its own.
-- reads   actors
-- gives   one row per bucket: its first and last account's number, and how many events they made
-- binds   $most
with

placed as (
    select
        actor,
        events,
        sum(events) over (order by actor) - events as before
    from actors
)

select
    cast(before // $most as bigint) as bucket,
    min(actor)                      as first_actor,
    max(actor)                      as last_actor,
    cast(sum(events) as bigint)     as events
from placed
group by bucket
order by bucket
