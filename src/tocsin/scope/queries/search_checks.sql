-- SPDX-License-Identifier: Apache-2.0
-- search_checks: whether the logged number of results agrees with the search that was run again.
-- reads   replay_rows, scoped
-- gives   search_checks: one row per event whose log counts results
-- binds   $resolver
select
    r.event_id,
    $resolver as resolver,
    'items' as against,
    r.least_rows,
    r.page_rows as most_rows,
    e.items as logged,
    case
        when e.items = r.page_rows and e.items = r.least_rows then 'confirmed'
        when e.items between r.least_rows and r.page_rows then 'narrowed'
        else 'contradicted'
    end as verdict
from replay_rows as r
inner join scoped as e
    on e.event_id = r.event_id
where e.items >= 0
