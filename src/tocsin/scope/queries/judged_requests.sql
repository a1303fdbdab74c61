-- SPDX-License-Identifier: Apache-2.0
-- judged_requests: the requests that events in scope belong to.
-- reads   events, judged
-- gives   judged_requests: one row per hash of a request
select distinct hash(e.request) as request_hash
from events as e
inner join judged as j
    on j.event_id = e.event_id
where e.request is not null
