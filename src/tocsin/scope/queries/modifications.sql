-- SPDX-License-Identifier: Apache-2.0
-- modifications: the records that events in scope created, updated or deleted.
-- reads   changed, scoped
-- gives   modifications: one row per event and record
select distinct
    c.event_id,
    c.record_type,
    c.record,
    e.action,
    case
        when e.outcome = 'unknown' or e.strength = 3 then 'ceiling'
        when e.strength = 1 then 'floor'
        else 'best'
    end as count_in
from changed as c
inner join scoped as e
    on e.event_id = c.event_id
where c.record is not null
    and c.record <> ''
