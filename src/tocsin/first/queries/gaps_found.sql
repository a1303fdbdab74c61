-- SPDX-License-Identifier: Apache-2.0
-- gaps_found: stretches that the logs' own counters say are missing.
-- reads   gaps
-- gives   one row per gap, the largest first
-- binds   $most

select
    source,
    node,
    kind,
    from_at,
    until_at,
    missing,
    count(*) over () as total
from gaps
order by missing desc nulls first, source, from_at, node nulls first, until_at
limit $most
