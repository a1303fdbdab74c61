-- SPDX-License-Identifier: Apache-2.0
-- conflicts_count: numbers whose bearers' traits do not agree.
-- reads   conflicts
-- gives   one row per kind

select
    kind,
    count(*) as sets,
    sum(local_ids)::bigint as local_ids
from conflicts
group by kind
order by kind
