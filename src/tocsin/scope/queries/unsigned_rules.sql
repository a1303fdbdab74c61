-- SPDX-License-Identifier: Apache-2.0
-- unsigned_rules: rules used in scope that nobody signed.
-- reads   rule_hits, rule_facts
-- gives   the number of them
select cast(count(distinct h.rule) as bigint) as rules
from rule_hits as h
inner join rule_facts as f
    on f.rule = h.rule
where not f.signed
