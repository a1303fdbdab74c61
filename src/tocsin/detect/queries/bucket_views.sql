-- SPDX-License-Identifier: Apache-2.0
-- bucket_views: the distinct persons of each session.
-- reads   seen_persons, half_hour_cuts
-- gives   bucket_views: one row per session and person of these accounts
-- binds   (none)
select
    x.session,
    n.number,
    x.actor,
    n.digits,
    min(cast(n.half_hour as bigint) * (30 * 60 * 1000000) + n.after_us) as seen_us
from seen_persons as n
join half_hour_cuts as x
  on x.habit = n.habit
 and x.half_hour = n.half_hour
-- A session has one actor, and a number its digits: to group by them too is sooner than to carry them along.
group by x.session, n.number, x.actor, n.digits
