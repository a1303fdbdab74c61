-- SPDX-License-Identifier: Apache-2.0
-- place_uses: how many accounts ever used each device and address that the accounts to split used.
-- reads   session_features, split_actors
-- gives   place_uses: one row per kind of place, place and account that used it
-- binds   (none)
with

-- Places that these accounts use are few: of all accounts only their uses are looked at.
asked as (
    select distinct 'device' as kind, f.device as place
    from session_features as f
    semi join split_actors as a
      on a.actor = f.actor
    where f.device is not null
    union all
    select distinct 'address' as kind, f.address as place
    from session_features as f
    semi join split_actors as a
      on a.actor = f.actor
    where f.address is not null
),

uses as (
    select distinct 'device' as kind, f.device as place, f.actor, f.organisation
    from session_features as f
    semi join (select q.place from asked as q where q.kind = 'device') as q
      on q.place = f.device
    union all
    select distinct 'address' as kind, f.address as place, f.actor, f.organisation
    from session_features as f
    semi join (select q.place from asked as q where q.kind = 'address') as q
      on q.place = f.address
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
left join split_actors as a
  on a.actor = u.actor
