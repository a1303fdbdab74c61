-- SPDX-License-Identifier: Apache-2.0
-- ambiguous_rules: rules that match the same event without saying that they hold together.
-- reads   rule_hits, rule_facts
-- gives   ambiguous_rules: one row per two rules, the most events first
with several as (
    select event_id
    from rule_hits
    group by event_id
    having count(*) > 1
),
doubly as (
    select
        h.event_id,
        min(h.rule) as first_rule,
        max(h.rule) as second_rule
    from rule_hits as h
    inner join rule_facts as f
        on f.rule = h.rule
    where h.event_id in (select s.event_id from several as s)
    group by h.event_id
    having not bool_and(f.together)
)
select
    first_rule,
    second_rule,
    cast(count(*) as bigint) as events
from doubly
group by
    first_rule,
    second_rule
order by
    events desc,
    first_rule,
    second_rule
