-- SPDX-License-Identifier: Apache-2.0
-- record_facts: date and controller of the records that have one row.
-- reads   held_records
-- gives   record_facts: one row per record; of one that `moves`, the event tells which of its rows holds
select
    record_type,
    record,
    min(controller) as controller,
    min(h.at) as at,
    count(*) > 1 as moves
from held_records as h
group by
    record_type,
    record
