-- SPDX-License-Identifier: Apache-2.0
-- uncovered: the events in scope that no rule of the catalogue covers, and no witness settles.
-- reads   without_rule, settled_events
-- gives   uncovered: one row per event
select e.event_id
from without_rule as e
where e.event_id not in (select s.event_id from settled_events as s)
