-- SPDX-License-Identifier: Apache-2.0
-- volume_habits: how many persons a session of each profession saw, and how evenly.
-- reads   session_features
-- gives   volume_habits: one row per role
-- binds   (none)
with

moments as (
    select
        role,
        avg(persons) + 0.1                                  as mean,
        greatest(var_pop(persons), avg(persons) + 0.2)  as variance
    from session_features
    where persons > 0
      and not is_declared
    group by role
)

select
    role,
    mean,
    least(20, greatest(0.3, mean * mean / (variance - mean + 0.1))) as size
from moments
