-- SPDX-License-Identifier: Apache-2.0
-- named_unowned: records that are named and whose person no table tells.
-- reads   named, named_owners
-- gives   named_unowned: one row per event, rule and record
select
    n.event_id,
    n.rule,
    n.record_type,
    n.id as record
from named as n
where n.kind = 'record'
    and not exists (
        select 1
        from named_owners as o
        where o.event_id = n.event_id
            and o.rule = n.rule
            and o.record = n.id
            and o.record_type is not distinct from n.record_type
    )
