-- SPDX-License-Identifier: Apache-2.0
-- indirect: how many events showed data from which another category may be guessed.
-- reads   disclosures
-- gives   one row per category shown
-- binds   $categories, $category
select
    category,
    cast(count(distinct event_id) as bigint) as events
from disclosures
where list_contains($categories, category)
    and category <> $category
    and protection <> 'encrypted'
    and certainty in ('taken', 'shown', 'reconstructed')
group by category
order by category
