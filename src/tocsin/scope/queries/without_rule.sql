-- SPDX-License-Identifier: Apache-2.0
-- without_rule: the events in scope that no rule of the catalogue covers.
-- reads   scoped, rule_hits
-- gives   without_rule: one row per event
select event_id
from scoped
where kind = 'open'
    and event_id not in (select h.event_id from rule_hits as h)
