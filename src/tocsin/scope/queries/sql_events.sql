-- SPDX-License-Identifier: Apache-2.0
-- sql_events: the logged statements by template, with the moment at which each was asked.
-- reads   sql_cut, sql_templates, sql_moments
-- gives   sql_events: one row per event and rule, in the order of templates
select
    c.event_id,
    c.rule,
    c.instant,
    c.items,
    c.binds,
    c.literals,
    t.template_id,
    m.held_from as moment
from sql_cut as c
inner join sql_templates as t
    on t.template = c.template
asof left join sql_moments as m
    on c.instant >= m.held_from
where not list_has_any(coalesce(c.flags, []), ['truncated', 'continued'])
order by
    t.template_id,
    c.event_id
