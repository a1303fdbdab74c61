-- SPDX-License-Identifier: Apache-2.0
-- request_standings: whether a request that several sources tell of is one act.
--   1. a source tells a request once, retries aside; one that tells the steps of a request (an application, a
--      database) may tell it several times, where a gateway tells it exactly once
--   2. a request told otherwise was used twice: nothing is joined by it
--   3. nor by one whose tellings lie more than a day apart
-- reads   tellings
-- gives   request_standings: one row per request; standing is joined, reused or far_apart
select
    request,
    min(event_id) as act_id,
    case
        when bool_or(attempts > 1 and not tells_steps) then 'reused'
        when bool_or(attempts > 1) and not bool_or(is_gateway and attempts = 1) then 'reused'
        when max(occurred_at) - min(occurred_at) > interval 1 day then 'far_apart'
        else 'joined'
    end as standing
from tellings
group by request
having min(source) <> max(source)
