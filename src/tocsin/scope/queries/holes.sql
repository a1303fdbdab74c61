-- SPDX-License-Identifier: Apache-2.0
-- holes: what is missing of each source: its gaps, and the holes that coverage found.
--   Where the record before was written later than the one after, what lies between is missing all the same.
-- reads   gaps, coverage, suspect_balance
-- gives   holes: one row per gap or hole, in the shape of `gaps`
select
    source,
    node,
    kind,
    case when until_at < from_at then until_at else from_at end as from_at,
    case when until_at < from_at then from_at else until_at end as until_at,
    missing
from gaps
union all
select
    source,
    node,
    test,
    from_at,
    until_at,
    most_records
from coverage
where is_hole
union all
select
    source,
    node,
    test,
    from_at,
    until_at,
    most_records
from suspect_balance
where is_hole
    and most_records > 0
