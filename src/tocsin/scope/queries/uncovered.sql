-- SPDX-License-Identifier: Apache-2.0
-- uncovered: the events in scope that no rule of the catalogue covers.
-- reads   scoped, rule_hits
-- gives   uncovered: one row per event
select e.event_id
from scoped as e
where e.kind = 'open'
    and e.event_id not in (select h.event_id from rule_hits as h)
