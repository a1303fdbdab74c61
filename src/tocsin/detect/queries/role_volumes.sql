-- SPDX-License-Identifier: Apache-2.0
-- role_volumes: how many persons new to the account a session of each profession sees, and how unevenly.
-- reads   session_features
-- gives   role_volumes: one row per role
-- binds   (none)
select
    role,
    avg(new_persons) + 0.1                                  as mean,
    greatest(var_pop(new_persons), avg(new_persons) + 0.2)  as variance
from session_features
where persons > 0
  and not is_declared
group by role
