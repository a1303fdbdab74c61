-- SPDX-License-Identifier: Apache-2.0
-- named_records: the rows of the records that accesses name.
-- reads   named, records
-- gives   named_records: one row per row of `records`
select
    r.record_type,
    r.record,
    r.registry,
    r.person,
    r.controller,
    r.at,
    r.valid_from,
    r.valid_until
from records as r
where exists (
    select 1
    from named as n
    where n.kind = 'record'
        and n.record_type = r.record_type
        and n.id = r.record
)
