-- SPDX-License-Identifier: Apache-2.0
-- source_doubts: how far each source's clock stands from another's, where that is beyond the limit.
-- reads   clock_skews
-- gives   source_doubts: one row per source
-- binds   $limit_us
with seen as (
    select
        source,
        greatest(abs(p05_us), abs(p95_us)) as doubt_us
    from clock_skews
    union all
    select
        other,
        greatest(abs(p05_us), abs(p95_us))
    from clock_skews
)
select
    source,
    max(doubt_us) as doubt_us
from seen
group by source
having max(doubt_us) > $limit_us
