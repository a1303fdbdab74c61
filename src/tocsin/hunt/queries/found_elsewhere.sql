-- SPDX-License-Identifier: Apache-2.0
-- found_elsewhere: the sample's persons whom accesses outside the scope name.
-- reads   named_elsewhere, beyond_ids
-- gives   found_elsewhere: one row per event and person
select distinct
    n.event_id,
    n.account,
    b.person_id
from named_elsewhere as n
inner join beyond_ids as b
    on b.id = n.id
    and (
        (n.kind = 'person' and b.record_type is null)
        or (n.kind = 'record' and b.record_type is not null and coalesce(n.record_type, b.record_type) = b.record_type)
    )
