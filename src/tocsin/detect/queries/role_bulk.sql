-- SPDX-License-Identifier: Apache-2.0
-- role_bulk: how often a role has a day of honest bulk work, and how often one at a place or in a way unusual
--   for the account too. Neither is ever held to be rarer than its floor.
-- reads   day_weights
-- gives   role_bulk: one row per role
-- binds   $from, $until, $rarest, $rarest_odd
with

asked as (
    select *
    from day_weights
    where (cast($from as date) is null or day >= cast($from as date))
      and (cast($until as date) is null or day < cast($until as date))
),

counted as (
    select
        role,
        count(*)                                                                as days,
        count(*) filter (where weight > ln(20))                                 as bulk,
        count(*) filter (where bulky > ln(20) and weight - bulky > ln(3))       as odd
    from asked
    group by role
)

select
    r.role,
    least(0.2, greatest($rarest, coalesce(c.bulk / (1.0 + c.days), 0)))         as share,
    least(0.2, greatest($rarest_odd, coalesce(c.odd / (1.0 + c.days), 0)))      as odd_share
from (select distinct role from day_weights) as r
left join counted as c
  on c.role = r.role
