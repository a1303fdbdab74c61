-- SPDX-License-Identifier: Apache-2.0
-- accounting_sums: what became of the records of each file, those read now and those read before.
-- reads   accounting, fresh
-- gives   accounting: one row per file, fate and reason
-- binds   $kept

with

counted as (
    select * from accounting where list_contains($kept, file_number)
    union all by name
    select * from fresh
)

select
    source,
    file_number,
    fate,
    reason,
    cast(sum(records) as bigint) as records
from counted
group by source, file_number, fate, reason
having sum(records) <> 0
