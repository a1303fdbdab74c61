-- SPDX-License-Identifier: Apache-2.0
-- bounded_days: the days' evidence under a null that lets every account have days of honest bulk work.
-- reads   day_weights, role_bulk
-- gives   bounded_days: one row per account and day
-- binds   (none)
select
    d.actor,
    d.role,
    d.day,
    -ln((1 - b.share) * exp(-least(300, d.weight)) + b.share) as weight
from day_weights as d
join role_bulk as b
  on b.role = d.role
