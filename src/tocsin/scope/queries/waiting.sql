-- SPDX-License-Identifier: Apache-2.0
-- waiting: what resolvers are to answer: events under a rule that shows something, and events without a rule.
-- reads   rule_hits, rule_facts, without_rule
-- gives   waiting: one row per event and rule; -1 for no rule
select
    h.event_id,
    h.rule
from rule_hits as h
inner join rule_facts as f
    on f.rule = h.rule
where f.shows
union all
select
    event_id,
    cast(-1 as bigint) as rule
from without_rule
