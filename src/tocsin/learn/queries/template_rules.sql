-- SPDX-License-Identifier: Apache-2.0
-- template_rules: what each proposed rule would cover, and which rule it would meet there.
-- reads   scoped, rule_hits, proposed_hits, telling_acts
-- gives   one row per proposed rule
with open_acts as (
    select event_id
    from scoped
    where kind = 'open'
),
met as (
    select
        p.rule,
        p.event_id,
        p.event_id in (select h.event_id from rule_hits as h) as is_covered,
        count(*) over (partition by p.event_id) > 1 as is_shared,
        p.event_id in (select t.event_id from telling_acts as t) as is_telling
    from proposed_hits as p
    inner join open_acts as o
        on o.event_id = p.event_id
)
select
    rule,
    cast(count(*) as bigint) as events,
    cast(count(*) filter (where not is_covered) as bigint) as uncovered,
    cast(count(*) filter (where is_covered) as bigint) as covered_already,
    cast(count(*) filter (where is_shared) as bigint) as shared,
    cast(count(*) filter (where is_telling) as bigint) as telling
from met
group by rule
order by rule
