-- SPDX-License-Identifier: Apache-2.0
-- session_acts: what was done in each session, whoever was seen.
-- reads   event_cuts, session_habits
-- gives   session_acts: one row per session
-- binds   (none)
with

sums as (
    select
        first_event_id                                          as session,
        max(habit) filter (where event_id = first_event_id)     as habit,
        min(occurred_at)                                        as first_at,
        max(occurred_at)                                        as last_at,
        count(*)                                                as events,
        count(*) filter (where kind & 1 <> 0)                   as writes,
        count(*) filter (where kind & 2 <> 0)                   as searches,
        count(*) filter (where kind & 4 <> 0)                   as broad_searches,
        count(*) filter (where kind & 8 <> 0)                   as failures
    from event_cuts
    group by first_event_id
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
