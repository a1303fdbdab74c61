-- SPDX-License-Identifier: Apache-2.0
-- range_facts: what was read of where addresses lie, left out, and kept although it is odd.
-- reads   ranges_told
-- gives   range_facts: one row per [[places]] and fact
-- binds   (none)
with

facts as (
    select
        places,
        unnest(['read', fate]) as fact
    from ranges_told
)

select
    places,
    fact,
    count(*) as "rows"
from facts
group by
    places,
    fact
