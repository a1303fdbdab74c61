-- SPDX-License-Identifier: Apache-2.0
-- travels: accounts that read at two places, one after the other, faster than anybody travels.
--   Distances are the least possible: what is not sure of either place is taken off. Never evidence: carriers,
--   remote access and shared ways out, told or found; a range from which the account, or a colleague of its
--   organisation, came from the beginning; a place that the account has known for some time. A machine that the
--   account uses at its own places too is as like a remote access unheard of as another hand: half as sure.
-- reads   session_features, address_places, place_visits, mistaken_ranges
-- gives   one row per account
-- binds   $settled, $speed, $least, $fresh
with

spots as (
    select v.*
    from place_visits as v
    anti join mistaken_ranges as m
      on m.span = v.span
),

firsts as (
    select
        actor,
        latitude,
        longitude,
        min(first_turn) as first_turn
    from spots
    group by actor, latitude, longitude
),

usual_to_colleagues as (
    select distinct
        organisation,
        span
    from spots
    where organisation is not null
      and first_turn <= $settled
),

own_machines as (
    select distinct
        f.actor,
        f.device
    from session_features as f
    join address_places as p
      on p.address = f.address
    join spots as s
      on s.actor = f.actor
     and s.span = p.span
    where s.first_turn <= $settled
      and f.device is not null
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
        t.first_turn,
        u.span is not null   as is_usual,
        d.device is not null as has_own_machine
    from session_features as f
    join address_places as p
      on p.address = f.address
    join spots as s
      on s.actor = f.actor
     and s.span = p.span
    join firsts as t
      on t.actor = s.actor
     and t.latitude = s.latitude
     and t.longitude = s.longitude
    left join usual_to_colleagues as u
      on u.organisation = s.organisation
     and u.span = s.span
    left join own_machines as d
      on d.actor = f.actor
     and d.device = f.device
    where f.persons > 0
      and not f.is_declared
),

fresh as (
    select
        *,
        first_turn > $settled
        and not is_usual
        and first_at < min(first_at) over (partition by actor, latitude, longitude) + to_days($fresh) as is_fresh
    from stays
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
            first_turn := first_turn,
            is_fresh := is_fresh,
            has_own_machine := has_own_machine
        )) over (partition by actor order by first_at, session) as before
    from fresh
),

legs as (
    select
        *,
        first_turn > before.first_turn as is_newer,
        greatest(0, epoch(first_at) - epoch(before.last_at)) / 3600 as hours,
        km_between(latitude, longitude, before.latitude, before.longitude) - radius_km - before.radius_km as km
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
        case when is_newer then has_own_machine else before.has_own_machine end as has_own_machine,
        before.place                                              as from_place,
        place                                                     as to_place,
        km,
        hours
    from legs
    where case when is_newer then is_fresh else before.is_fresh end
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
        bool_and(has_own_machine) as has_own_machine,
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
    case
        when bool_and(has_own_machine) then 0.15
        when count(*) filter (where not has_own_machine) >= 3 then 0.45
        else 0.3
    end                                            as p,
    min(first_at)                                  as first_at,
    max(last_at)                                   as last_at,
    cast(sum(events) as bigint)                    as events,
    cast(sum(persons) as bigint)                   as persons
from counted
group by account
