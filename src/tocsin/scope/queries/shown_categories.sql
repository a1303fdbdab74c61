-- SPDX-License-Identifier: Apache-2.0
-- shown_categories: the categories that each row of what was shown tells; of rules that hold together, the clearest.
-- reads   shown, rule_categories, rule_facts
-- gives   shown_categories: one row per event, rule, local id, record and certainty
with told as (
    select
        s.*,
        c.category,
        row_number() over (
            partition by
                s.event_id,
                s.registry,
                s.person,
                s.record_type,
                s.record,
                c.category
            order by
                case f.protection when 'clear' then 0 when 'pseudonymised' then 1 else 2 end,
                case s.certainty
                    when 'taken' then 0
                    when 'shown' then 1
                    when 'reconstructed' then 2
                    when 'reachable' then 3
                    else 4
                end,
                s.exact desc,
                s.rule,
                s.resolver
        ) as place
    from shown as s
    inner join rule_categories as c
        on c.rule = s.rule
    inner join rule_facts as f
        on f.rule = s.rule
)
select
    * exclude (category, place),
    list(category) as categories
from told
where place = 1
group by all
