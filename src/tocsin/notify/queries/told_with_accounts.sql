-- SPDX-License-Identifier: Apache-2.0
-- told_with_accounts: whom to inform, holders of stolen accounts as well: no category is theirs.
-- reads   told_persons, usurped
-- gives   told: one row per person or holder

select *
from told_persons
union all by name
select
    person_id,
    cast([] as varchar[]) as categories,
    cast([] as varchar[]) as certainties,
    first_at,
    last_at,
    days,
    cast([] as varchar[]) as controllers,
    facts
from usurped
