-- SPDX-License-Identifier: Apache-2.0
-- record_facts: date and controller of the records that have one row.
-- reads   held_records, several_records
-- gives   record_facts: one row per record; of one that `moves`, the event tells which of its rows holds
select
    h.record_type,
    h.record,
    h.controller,
    h.at,
    false as moves
from held_records as h
where not exists (
    select 1
    from several_records as s
    where s.record_type = h.record_type
        and s.record = h.record
)
union all
select
    record_type,
    record,
    null,
    null,
    true
from several_records
