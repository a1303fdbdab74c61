-- SPDX-License-Identifier: Apache-2.0
-- lone_acts: of the events that ask the same thing, those that have no like of their own source near them.
--   Near is twice the window, and twice the farthest that the clocks were ever seen from their median: a step of the
--   clock within that cannot pair an act with another.
-- reads   alike_acts, steady_clocks
-- gives   lone_acts: one row per event; `is_lone` false when another stands too near
-- binds   $window_us
with reach as (
    select 2 * ($window_us + coalesce(max(farthest_us), 0)) as near_us
    from steady_clocks
),
spaced as (
    select
        a.*,
        epoch_us(a.occurred_at) as told_us,
        lag(epoch_us(a.occurred_at)) over like_this as before_us,
        lead(epoch_us(a.occurred_at)) over like_this as after_us
    from alike_acts as a
    window like_this as (
        partition by
            a.source,
            a.act_key
        order by
            a.occurred_at,
            a.event_id
    )
)
select
    s.* exclude (before_us, after_us),
    coalesce(s.told_us - s.before_us > r.near_us, true)
        and coalesce(s.after_us - s.told_us > r.near_us, true) as is_lone
from spaced as s
cross join reach as r
