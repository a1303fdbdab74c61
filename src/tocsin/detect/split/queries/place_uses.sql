-- SPDX-License-Identifier: Apache-2.0
-- place_uses: how many accounts ever used each device and address that the accounts to split used.
-- reads   account_places, split_actors
-- gives   place_uses: one row per kind of place, place and account that used it
-- binds   (none)
with

-- Places that these accounts use are few.
asked as (
    select distinct
        p.kind,
        p.place
    from account_places as p
    semi join split_actors as a
      on a.actor = p.actor
    where p.kind <> 'client'
),

uses as (
    select u.*
    from account_places as u
    semi join asked as q
      on q.place = u.place
     and q.kind = u.kind
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
