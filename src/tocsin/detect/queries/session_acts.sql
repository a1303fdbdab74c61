-- SPDX-License-Identifier: Apache-2.0
-- session_acts: what was done in each session, whoever was seen.
-- reads   half_hour_cuts, session_habits
-- gives   session_acts: one row per session
-- binds   (none)
with

sums as (
    select
        session,
        max(habit) filter (where first_event_id = session)      as habit,
        min(first_at)                                           as first_at,
        max(last_at)                                            as last_at,
        cast(sum(events) as bigint)                             as events,
        cast(sum(writes) as bigint)                             as writes,
        cast(sum(searches) as bigint)                           as searches,
        cast(sum(broad_searches) as bigint)                     as broad_searches,
        cast(sum(failures) as bigint)                           as failures
    from half_hour_cuts
    group by session
)

select
    s.session,
    left(sha256(concat_ws(chr(31), h.source, h.account, s.session)), 16) as session_id,
    h.account,
    h.device,
    h.address,
    h.client,
    s.first_at,
    s.last_at,
    s.events,
    s.writes,
    s.searches,
    s.broad_searches,
    s.failures
from sums as s
join session_habits as h
  on h.habit = s.habit
