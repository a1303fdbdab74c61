-- SPDX-License-Identifier: Apache-2.0
-- bounded_days: the days' evidence under a null that lets every account have days of honest bulk work.
--   Bulk work excuses whom a day saw and how many, whatever that says; places, hours and that nothing was
--   written it excuses only in the rarer share of days that are odd in all.
-- reads   day_weights, role_bulk
-- gives   bounded_days: one row per account and day
-- binds   (none)
select
    d.actor,
    d.role,
    d.day,
    least(300, d.weight) - ln(
        greatest(0.1, 1 - b.share - b.odd_share)
        + b.share * exp(least(300, d.bulky))
        + b.odd_share * exp(least(300, d.weight))
    ) as weight
from day_weights as d
join role_bulk as b
  on b.role = d.role
