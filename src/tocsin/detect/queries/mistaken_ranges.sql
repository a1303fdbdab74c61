-- SPDX-License-Identifier: Apache-2.0
-- mistaken_ranges: ranges that do not lie where they are said to, as far as those who come from them tell: several
--   accounts whose place is elsewhere came by one from the beginning. A carrier's, a remote access's, or a mistake.
-- reads   place_visits
-- gives   mistaken_ranges: one row per range
-- binds   $settled, $least, $witnesses
with

usual as (
    select
        actor,
        arg_max(
            struct_pack(latitude := latitude, longitude := longitude, radius_km := radius_km),
            (sessions, -first_turn)
        ) as point
    from (
        select
            actor,
            latitude,
            longitude,
            max(radius_km)  as radius_km,
            sum(sessions)   as sessions,
            min(first_turn) as first_turn
        from place_visits
        group by actor, latitude, longitude
    )
    group by actor
)

select
    v.span,
    any_value(v.place) as place,
    count(*)           as witnesses
from place_visits as v
join usual as u
  on u.actor = v.actor
where v.first_turn <= $settled
  and km_between(v.latitude, v.longitude, u.point.latitude, u.point.longitude)
      - v.radius_km - u.point.radius_km >= $least
group by v.span
having count(*) >= $witnesses
