-- SPDX-License-Identifier: Apache-2.0
-- slice_habits: from where, and under which session, accounts act in these days; each such way with a number.
--   Numbers sort and compare sooner than six texts do. A way met before keeps its own.
-- reads   slice_events, session_habits, actors
-- gives   slice_habits: one row per source, account, session, device, address and client
-- binds   $known
with

met as (
    select distinct
        source,
        account,
        session,
        device,
        address,
        client
    from slice_events
)

select
    coalesce(h.habit, cast($known + row_number() over () as integer))    as habit,
    way_of(m.source, m.account, m.session, m.device, m.address, m.client) as way,
    a.actor,
    m.*
from met as m
join actors as a
  on a.account = m.account
left join session_habits as h
  on h.source = m.source
 and h.account = m.account
 and h.session is not distinct from m.session
 and h.device is not distinct from m.device
 and h.address is not distinct from m.address
 and h.client is not distinct from m.client
