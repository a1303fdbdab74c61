-- SPDX-License-Identifier: Apache-2.0
-- unreleased: persons to inform for whom no wave was released.
-- reads   recipients, notices
-- gives   one row: their number
-- binds   $waves

select count(*)
from recipients as r
where not exists (
    select 1
    from notices as n
    where n.person_id = r.person_id
      and list_contains($waves, n.wave)
)
