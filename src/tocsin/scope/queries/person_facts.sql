-- SPDX-License-Identifier: Apache-2.0
-- person_facts: who is responsible for a person's registry rows, where that never changed.
-- reads   held_persons, several_persons
-- gives   person_facts: one row per registry and person
select
    h.registry,
    h.person,
    h.controller,
    false as moves
from held_persons as h
where not exists (
    select 1
    from several_persons as s
    where s.registry = h.registry
        and s.person = h.person
)
union all
select
    registry,
    person,
    controller,
    moves
from several_persons
