-- SPDX-License-Identifier: Apache-2.0
-- timed_acts: the events that were joined by address, time and path, under the smallest number of their act.
-- reads   timed_labels, events, judged, source_kinds
-- gives   timed_acts: one row per event, with the columns of request_acts
with verdicts as (
    select
        event_id,
        verdict
    from judged
    where event_id in (select l.event_id from timed_labels as l)
)
select
    t.act_id,
    'address_time_path' as joined_by,
    e.event_id,
    e.source,
    e.request,
    e.occurred_at,
    e.account,
    e.session,
    e.address,
    e.object,
    e.person,
    e.outcome,
    e.bytes,
    e.items,
    k.custody_rank,
    k.tells_steps,
    k.is_gateway,
    k.is_database,
    j.verdict,
    1 as attempts
from timed_labels as t
inner join events as e
    on e.event_id = t.event_id
inner join source_kinds as k
    on k.source = e.source
left join verdicts as j
    on j.event_id = e.event_id
