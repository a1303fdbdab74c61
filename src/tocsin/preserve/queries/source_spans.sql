-- SPDX-License-Identifier: Apache-2.0
-- source_spans: from when to when the case's records of each source go.
-- reads   events
-- gives   one row per source
select
    source,
    min(occurred_at) as first_at,
    max(occurred_at) as last_at,
    count(*) as events
from events
group by source
order by source
