-- SPDX-License-Identifier: Apache-2.0
-- role_bulk: how often a role has a day of honest bulk work: never held to be rarer than one in fifty.
-- reads   day_weights
-- gives   role_bulk: one row per role
-- binds   $from, $until, $rarest
select
    role,
    least(0.2, greatest(
        $rarest,
        count(*) filter (
            where weight > ln(20)
              and (cast($from as date) is null or day >= cast($from as date))
              and (cast($until as date) is null or day < cast($until as date))
        ) / (1.0 + count(*) filter (
            where (cast($from as date) is null or day >= cast($from as date))
              and (cast($until as date) is null or day < cast($until as date))
        ))
    )) as share
from day_weights
group by role
