-- SPDX-License-Identifier: Apache-2.0
-- listed: the findings that are written: all holes, and of the others the first of each source and test.
-- reads   found
-- gives   coverage, without its words
-- binds   $most
select
    source,
    node,
    test,
    from_at,
    until_at,
    account,
    is_hole,
    most_records,
    cast(figures as varchar) as figures
from found
qualify is_hole
    or row_number() over (
        partition by source, test
        order by from_at nulls first, until_at, node nulls first, account nulls first, cast(figures as varchar)
    ) <= $most
order by
    source,
    test,
    node nulls first,
    from_at nulls first,
    until_at,
    account nulls first,
    cast(figures as varchar)
