-- SPDX-License-Identifier: Apache-2.0
-- held_records: the rows of the records that were shown.
-- reads   records, shown
-- gives   held_records: one row per row of `records`
select
    r.record_type,
    r.record,
    r.person,
    r.controller,
    r.at,
    r.valid_from,
    r.valid_until
from records as r
where exists (
    select 1
    from shown as s
    where s.record_type = r.record_type
        and s.record = r.record
)
