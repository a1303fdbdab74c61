-- SPDX-License-Identifier: Apache-2.0
-- several_persons: the persons who have several rows in a registry, and whether these name several responsible.
-- reads   held_persons
-- gives   several_persons: one row per registry and person
with several as (
    select
        registry,
        person
    from held_persons
    group by
        registry,
        person
    having count(*) > 1
)
select
    h.registry,
    h.person,
    min(h.controller) as controller,
    min(coalesce(h.controller, '')) <> max(coalesce(h.controller, '')) as moves
from held_persons as h
inner join several as s
    on s.registry = h.registry
    and s.person = h.person
group by
    h.registry,
    h.person
