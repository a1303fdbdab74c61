-- SPDX-License-Identifier: Apache-2.0
-- modifications_count: how many distinct records were created, updated or deleted.
-- reads   modifications
-- gives   one row

with

levels as (
    select
        record_type,
        record,
        min(case count_in when 'floor' then 1 when 'best' then 2 else 3 end) as level
    from modifications
    where count_in is not null
    group by
        record_type,
        record
)

select
    count(*) filter (where level = 1) as floor,
    count(*) filter (where level <= 2) as best,
    count(*) as ceiling
from levels
