-- SPDX-License-Identifier: Apache-2.0
-- absent_ids: local ids that are named and that their registry does not have.
-- reads   named, known_persons
-- gives   absent_ids: one row per registry and local id
select distinct
    n.registry,
    n.id
from named as n
where n.kind = 'person'
    and n.registry is not null
    and not exists (
        select 1
        from known_persons as r
        where r.registry = n.registry
            and r.person = n.id
    )
