-- SPDX-License-Identifier: Apache-2.0
-- concerned: the persons of one kind of change.
-- reads   changed
-- gives   concerned: one row per person
-- binds   $change
select
    person_id,
    was,
    now
from changed
where change = $change
