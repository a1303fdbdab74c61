-- SPDX-License-Identifier: Apache-2.0
-- protected_views: through which views a category was shown, in what form, and who holds the keys.
-- reads   rule_hits, rule_facts, rule_categories, fates
-- gives   one row per rule
-- binds   $category
select
    f.view,
    f.protection,
    f.keys,
    cast(count(distinct h.event_id) as bigint) as events
from rule_hits as h
inner join rule_facts as f
    on f.rule = h.rule
inner join rule_categories as c
    on c.rule = h.rule
    and c.category = $category
inner join fates as t
    on t.event_id = h.event_id
    and t.fate = 'disclosed'
group by
    f.rule,
    f.view,
    f.protection,
    f.keys
order by f.rule
