-- SPDX-License-Identifier: Apache-2.0
-- usual_pace: twice what 95 in 100 accounts of a role never pass within some seconds.
--   Roles of fewer than twenty accounts that saw somebody have no pace of their own: the least holds for them.
-- reads   near_views, roles
-- gives   one row per role
-- binds   $seconds
with

spells as (
    select
        account,
        time_bucket(to_seconds($seconds), seen_at) as spell,
        count(distinct person)                     as persons
    from near_views
    group by all
),

largest as (
    select
        s.account,
        coalesce(any_value(r.role), '') as role,
        max(s.persons)                  as persons
    from spells as s
    left join roles as r
      on r.account = s.account
    group by s.account
)

select
    role,
    2 * cast(quantile_disc(persons, 0.95) as bigint) as persons
from largest
group by role
having count(*) >= 20
