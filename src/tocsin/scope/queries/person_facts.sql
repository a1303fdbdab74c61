-- SPDX-License-Identifier: Apache-2.0
-- person_facts: who is responsible for a person's registry rows, where that never changed.
-- reads   held_persons
-- gives   person_facts: one row per registry and person
select
    registry,
    person,
    min(controller) as controller,
    min(coalesce(controller, '')) <> max(coalesce(controller, '')) as moves
from held_persons
group by
    registry,
    person
