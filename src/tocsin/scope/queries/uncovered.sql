-- SPDX-License-Identifier: Apache-2.0
-- uncovered: the events in scope that no rule of the catalogue covers, and no witness settles.
-- reads   scoped, rule_hits, settled_events
-- gives   uncovered: one row per event
select e.event_id
from scoped as e
where e.kind = 'open'
    and e.event_id not in (select h.event_id from rule_hits as h)
    and e.event_id not in (select s.event_id from settled_events as s)
