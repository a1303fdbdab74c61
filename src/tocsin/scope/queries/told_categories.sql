-- SPDX-License-Identifier: Apache-2.0
-- told_categories: what each row of what was shown tells; of a file's persons, what the file holds of each.
-- reads   rule_told, copy_shown
-- gives   shown_categories: one row per event, rule, local id and record
select
    r.* exclude (categories),
    coalesce(c.categories, r.categories) as categories
from rule_told as r
left join copy_shown as c
    on c.event_id = r.event_id
    and c.rule = r.rule
    and c.registry = r.registry
    and c.person = r.person
    and r.resolver = 'file_contents'
