-- SPDX-License-Identifier: Apache-2.0
-- held_persons: the registry's rows of the persons that were shown.
-- reads   registry, shown
-- gives   held_persons: one row per registry row
select
    r.registry,
    r.person,
    r.controller,
    r.valid_from,
    r.valid_until
from registry as r
where exists (
    select 1
    from shown as s
    where s.registry = r.registry
        and s.person = r.person
)
