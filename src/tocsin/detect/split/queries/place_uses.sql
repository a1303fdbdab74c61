-- SPDX-License-Identifier: Apache-2.0
-- place_uses: how many accounts ever used each device and address that the accounts to split used.
-- reads   session_features, split_actors
-- gives   place_uses: one row per kind of place, place and account that used it
-- binds   (none)
with

uses as (
    select distinct 'device' as kind, device as place, actor, organisation
    from session_features
    where device is not null
    union all
    select distinct 'address' as kind, address as place, actor, organisation
    from session_features
    where address is not null
),

asked as (
    select distinct u.kind, u.place
    from uses as u
    join split_actors as a
      on a.actor = u.actor
)

select
    u.kind,
    u.place,
    u.actor,
    u.organisation,
    coalesce(not a.is_clean, false) as is_held,
    count(*) over (partition by u.kind, u.place)                                            as accounts,
    count(*) filter (where not a.is_clean) over (partition by u.kind, u.place)              as held,
    count(*) over (partition by u.kind, u.place, u.organisation)                            as fellows
from uses as u
join asked as q
  on q.kind = u.kind
 and q.place = u.place
left join split_actors as a
  on a.actor = u.actor
