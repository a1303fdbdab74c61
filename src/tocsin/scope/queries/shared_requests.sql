-- SPDX-License-Identifier: Apache-2.0
-- shared_requests: those of them that more than one source tells of.
-- reads   events, judged_requests
-- gives   shared_requests: one row per hash of a request
-- binds   $are_told (whether two sources tell requests at all)
select hash(e.request) as request_hash
from events as e
where $are_told
    and e.request is not null
    and hash(e.request) in (select r.request_hash from judged_requests as r)
group by hash(e.request)
having min(e.source) <> max(e.source)
