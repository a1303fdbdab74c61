-- SPDX-License-Identifier: Apache-2.0
-- account_places: the devices, addresses and clients that each account of these used, and since when.
-- reads   session_acts, session_habits, actors
-- gives   account_places: one row per kind of place, place and account
-- binds   $first, $last
with

begun as (
    select
        habit,
        min(first_at) as first_at
    from session_acts
    where actor between $first and $last
    group by habit
),

uses as (
    select h.*, b.first_at
    from begun as b
    join session_habits as h
      on h.habit = b.habit
    where h.actor between $first and $last
),

firsts as (
    select 'device' as kind, device as place, actor, min(first_at) as first_at
    from uses
    where device is not null
    group by device, actor
    union all
    select 'address' as kind, address as place, actor, min(first_at) as first_at
    from uses
    where address is not null
    group by address, actor
    union all
    select 'client' as kind, client as place, actor, min(first_at) as first_at
    from uses
    where client is not null
    group by client, actor
)

select
    f.kind,
    f.place,
    f.actor,
    a.organisation,
    f.first_at
from firsts as f
join actors as a
  on a.actor = f.actor
