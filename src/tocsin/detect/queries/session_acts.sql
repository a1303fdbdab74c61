-- SPDX-License-Identifier: Apache-2.0
-- session_acts: what was done in each session, whoever was seen.
-- reads   bucket_events, event_cuts
-- gives   session_acts: one row per session
-- binds   (none)
select
    x.first_event_id                                                             as session,
    max(x.session_id)                                                            as session_id,
    any_value(e.account)                                                         as account,
    max(e.device) filter (where e.event_id = x.first_event_id)                   as device,
    max(e.address) filter (where e.event_id = x.first_event_id)                  as address,
    max(e.client) filter (where e.event_id = x.first_event_id)                   as client,
    min(e.occurred_at)                                                           as first_at,
    max(e.occurred_at)                                                           as last_at,
    count(*)                                                                     as events,
    count(*) filter (where e.action in ('create', 'update', 'delete'))           as writes,
    count(*) filter (where e.action = 'search')                                  as searches,
    count(*) filter (where e.action = 'search' and e.items >= 20)                as broad_searches,
    count(*) filter (where e.outcome = 'failure')                                as failures
from bucket_events as e
join event_cuts as x
  on x.event_id = e.event_id
group by x.first_event_id
