-- SPDX-License-Identifier: Apache-2.0
-- still_waiting: what no resolver has answered yet.
-- reads   waiting, shown, empty, unknown
-- gives   waiting: one row per event and rule
select
    w.event_id,
    w.rule
from waiting as w
where not exists (select 1 from shown as s where s.event_id = w.event_id and s.rule = w.rule)
    and not exists (select 1 from empty as n where n.event_id = w.event_id and n.rule = w.rule)
    and not exists (select 1 from unknown as u where u.event_id = w.event_id and u.rule = w.rule)
