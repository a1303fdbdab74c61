-- SPDX-License-Identifier: Apache-2.0
-- controllerless: persons most likely concerned for whom no controller is known.
-- reads   counted
-- gives   one row: their number

with

known as (
    select
        person_id,
        bool_or(controller is not null) as has_controller
    from counted
    where level <= 2
    group by person_id
)

select count(*) filter (where not has_controller)
from known
