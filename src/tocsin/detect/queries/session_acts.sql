-- SPDX-License-Identifier: Apache-2.0
-- session_acts: what was done in each session, whoever was seen.
-- reads   half_hour_cuts, session_habits
-- gives   session_acts: one row per session of these accounts
-- binds   $first, $last
with

sums as (
    select
        session,
        max(habit) filter (where first_event_id = session)      as habit,
        min(first_at)                                           as first_at,
        max(last_at)                                            as last_at,
        cast(sum(events) as integer)                             as events,
        cast(sum(writes) as integer)                             as writes,
        cast(sum(searches) as integer)                           as searches,
        cast(sum(broad_searches) as integer)                     as broad_searches,
        cast(sum(failures) as integer)                           as failures
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
    s.failures,
    h.actor
from sums as s
join session_habits as h
  on h.habit = s.habit
 and h.actor between $first and $last
