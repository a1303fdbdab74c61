-- SPDX-License-Identifier: Apache-2.0
-- left_uncovered: the acts that no rule would cover if all that is proposed were signed.
-- reads   scoped, rule_hits, proposed_hits
-- gives   the number of them
select cast(count(*) as bigint) as events
from scoped as e
where e.kind = 'open'
    and e.event_id not in (select h.event_id from rule_hits as h)
    and e.event_id not in (select p.event_id from proposed_hits as p)
