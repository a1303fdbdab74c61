-- SPDX-License-Identifier: Apache-2.0
-- coverage_found: what the tests of completeness found, the first of each source and test.
-- reads   coverage
-- gives   one row per finding; in_all: how many there are of its source and test
-- binds   $most

select
    source,
    node,
    test,
    from_at,
    until_at,
    is_hole,
    most_records,
    figures,
    fr,
    en,
    count(*) over (partition by source, test) as in_all
from coverage
qualify row_number() over (
    partition by source, test
    order by is_hole desc, from_at nulls first, until_at, node nulls first, account nulls first, figures
) <= $most
order by
    source,
    test,
    from_at nulls first,
    until_at,
    node nulls first,
    account nulls first,
    figures
