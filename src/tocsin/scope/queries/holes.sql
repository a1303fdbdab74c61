-- SPDX-License-Identifier: Apache-2.0
-- holes: what is missing of each source: its gaps, and the holes that coverage found.
-- reads   gaps, coverage, suspect_balance
-- gives   holes: one row per gap or hole, in the shape of `gaps`
select
    source,
    node,
    kind,
    from_at,
    until_at,
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
