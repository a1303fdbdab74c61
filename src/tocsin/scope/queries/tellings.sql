-- SPDX-License-Identifier: Apache-2.0
-- tellings: every event, in scope or not, of a request that several sources tell of.
-- reads   events, shared_requests, judged, source_kinds
-- gives   tellings: one row per event; `attempts` is how often its source tells the request, retries aside
-- binds   $are_told (whether two sources tell requests at all)
select
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
    count(distinct coalesce(e.retry_of, e.event_id)) over (
        partition by
            e.request,
            e.source
    ) as attempts
from events as e
inner join source_kinds as k
    on k.source = e.source
left join judged as j
    on j.event_id = e.event_id
where $are_told
    and e.request is not null
    and hash(e.request) in (select r.request_hash from shared_requests as r)
