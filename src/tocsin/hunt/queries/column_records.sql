-- SPDX-License-Identifier: Apache-2.0
-- column_records: how many distinct values of one column are ids of each kind of record.
-- reads   sample_values, records
-- gives   one row per kind of record that knows some
select
    r.record_type,
    cast(count(distinct r.record) as bigint) as known
from records as r
inner join sample_values as v
    on v.value = r.record
group by r.record_type
order by r.record_type
