-- SPDX-License-Identifier: Apache-2.0
-- counted: what each person had shown, of which category and by which controller's data.
-- reads   shown
-- gives   counted: one row per person, sure person, category and controller; level null when in no count

select
    person_id,
    sure_id,
    category,
    controller,
    min(level) as level,
    min(certainty) filter (where level is not null) as certainty,
    bool_or(is_encrypted) as is_encrypted
from shown
group by
    person_id,
    sure_id,
    category,
    controller
