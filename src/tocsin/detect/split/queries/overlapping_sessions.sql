-- SPDX-License-Identifier: Apache-2.0
-- overlapping_sessions: sessions of one account at the same time on another device and from another address.
--   Each saw somebody, both go on for a minute of the same time, and neither place is a workstation.
--   Met hour by hour of their first day, so that one giant account does not meet itself whole.
-- reads   session_features, split_actors, place_uses
-- gives   overlapping_sessions: one row per session and the other
-- binds   (none)
with

own as (
    select
        f.session,
        f.source,
        f.account,
        f.actor,
        f.device,
        f.address,
        f.first_at,
        f.last_at
    from session_features as f
    join split_actors as a
      on a.actor = f.actor
     and not a.is_clean
    join place_uses as d
      on d.kind = 'device'
     and d.place = f.device
     and d.actor = f.actor
    join place_uses as x
      on x.kind = 'address'
     and x.place = f.address
     and x.actor = f.actor
    where f.persons > 0
      and (d.organisation is null or d.fellows = 1)
),

hours as (
    select
        *,
        unnest(generate_series(
            date_trunc('hour', first_at),
            least(last_at, first_at + interval 1 day),
            interval 1 hour
        )) as hour
    from own
)

select distinct
    a.session,
    session_id(b.source, b.account, b.session) as other
from hours as a
join hours as b
  on b.actor = a.actor
 and b.hour = a.hour
 and b.device <> a.device
 and b.address <> a.address
 and b.first_at <= a.last_at - interval 1 minute
 and a.first_at <= b.last_at - interval 1 minute
where least(a.last_at, b.last_at) - greatest(a.first_at, b.first_at) >= interval 1 minute
