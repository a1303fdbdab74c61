-- SPDX-License-Identifier: Apache-2.0
-- several_records: the records that have several rows: of each, the event tells which one holds.
-- reads   held_records
-- gives   several_records: one row per record
select
    record_type,
    record
from held_records
group by
    record_type,
    record
having count(*) > 1
