-- SPDX-License-Identifier: Apache-2.0
-- judged_requests: the requests that events in scope belong to.
-- reads   scoped
-- gives   judged_requests: one row per hash of a request
select distinct hash(request) as request_hash
from scoped
where request is not null
