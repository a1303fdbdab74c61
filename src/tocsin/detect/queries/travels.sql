-- SPDX-License-Identifier: Apache-2.0
-- travels: accounts that read at two places, one after the other, faster than anybody travels.
--   Distances are the least possible: what is not sure of either place is taken off. Never evidence: carriers,
--   remote access and shared ways out; an address of a register by which many accounts come; a place that the
--   account used from the beginning.
-- reads   session_features, account_places, address_places
-- gives   one row per account
-- binds   $most, $settled, $speed, $least
with

crowds as (
    select
        place    as address,
        count(*) as accounts
    from account_places
    where kind = 'address'
    group by place
),

spots as (
    select
        p.address,
        p.place,
        p.latitude,
        p.longitude,
        p.radius_km
    from address_places as p
    join crowds as c
      on c.address = p.address
    where p.kind = 'fixed'
      and (p.is_site or c.accounts <= $most)
),

firsts as (
    select
        f.actor,
        s.latitude,
        s.longitude,
        min(f.turn) as first_turn
    from session_features as f
    join spots as s
      on s.address = f.address
    group by f.actor, s.latitude, s.longitude
),

stays as (
    select
        f.actor,
        f.account,
        f.session,
        f.first_at,
        f.last_at,
        f.events,
        f.persons,
        s.place,
        s.latitude,
        s.longitude,
        s.radius_km,
        t.first_turn
    from session_features as f
    join spots as s
      on s.address = f.address
    join firsts as t
      on t.actor = f.actor
     and t.latitude = s.latitude
     and t.longitude = s.longitude
    where f.persons > 0
      and not f.is_declared
),

turns as (
    select
        *,
        lag(struct_pack(
            session := session,
            first_at := first_at,
            last_at := last_at,
            events := events,
            persons := persons,
            place := place,
            latitude := latitude,
            longitude := longitude,
            radius_km := radius_km,
            first_turn := first_turn
        )) over (partition by actor order by first_at, session) as before
    from stays
),

legs as (
    select
        *,
        first_turn > before.first_turn as is_newer,
        greatest(0, epoch(first_at) - epoch(before.last_at)) / 3600 as hours,
        -- The great circle (haversine), on a sphere of the earth's mean radius.
        12742 * asin(sqrt(least(
            1,
            power(sin(radians(latitude - before.latitude) / 2), 2)
            + cos(radians(latitude)) * cos(radians(before.latitude)) * power(sin(radians(longitude - before.longitude) / 2), 2)
        ))) - radius_km - before.radius_km as km
    from turns
    where before is not null
),

impossible as (
    select
        account,
        case when is_newer then session else before.session end   as session,
        case when is_newer then first_at else before.first_at end as first_at,
        case when is_newer then last_at else before.last_at end   as last_at,
        case when is_newer then events else before.events end     as events,
        case when is_newer then persons else before.persons end   as persons,
        before.place                                              as from_place,
        place                                                     as to_place,
        km,
        hours
    from legs
    where greatest(first_turn, before.first_turn) > $settled
      and km >= $least
      and km > $speed * hours
),

counted as (
    select
        account,
        session,
        any_value(first_at) as first_at,
        any_value(last_at)  as last_at,
        any_value(events)   as events,
        any_value(persons)  as persons,
        max(struct_pack(
            over := round(km - $speed * hours, 3),
            km := cast(floor(km) as bigint),
            minutes := cast(ceil(hours * 60) as bigint),
            from_place := from_place,
            to_place := to_place
        )) as worst
    from impossible
    group by account, session
)

select
    account,
    count(*)                                       as times,
    max(worst).km                                  as km,
    max(worst).minutes                             as minutes,
    max(worst).from_place                          as from_place,
    max(worst).to_place                            as to_place,
    cast(count(*) as double)                       as score,
    case when count(*) >= 3 then 0.45 else 0.3 end as p,
    min(first_at)                                  as first_at,
    max(last_at)                                   as last_at,
    cast(sum(events) as bigint)                    as events,
    cast(sum(persons) as bigint)                   as persons
from counted
group by account
