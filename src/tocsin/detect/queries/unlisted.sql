-- SPDX-License-Identifier: Apache-2.0
-- unlisted: accounts that no directory names, where the directory names nearly all that act.
-- reads   actors, session_features
-- gives   one row per account
-- binds   (none)
with

known as (
    select
        count(*) filter (where in_directory) / count(*) as share,
        count(*) as accounts
    from actors
)

select
    a.account,
    cast(max(f.persons) as double)  as score,
    0.3                             as p,
    min(f.first_at)                 as first_at,
    max(f.last_at)                  as last_at,
    cast(sum(f.events) as bigint)   as events,
    cast(sum(f.new_persons) as bigint) as persons
from actors as a
join session_features as f
  on f.actor = a.actor
cross join known as k
where not a.in_directory
  and k.share >= 0.9
  and k.accounts >= 20
group by a.account
having sum(f.persons) > 0
