-- SPDX-License-Identifier: Apache-2.0
-- place_visits: from which ranges of a known place each account came, how often, and since when.
--   An address of a register by which many accounts come is nobody's place.
-- reads   session_features, account_places, address_places
-- gives   place_visits: one row per account and range
-- binds   $most
with

crowds as (
    select
        place    as address,
        count(*) as accounts
    from account_places
    where kind = 'address'
    group by place
)

select
    f.actor,
    any_value(f.organisation) as organisation,
    p.span,
    any_value(p.place)        as place,
    any_value(p.latitude)     as latitude,
    any_value(p.longitude)    as longitude,
    any_value(p.radius_km)    as radius_km,
    min(f.turn)               as first_turn,
    count(*)                  as sessions
from session_features as f
join address_places as p
  on p.address = f.address
join crowds as c
  on c.address = p.address
where p.kind = 'fixed'
  and (p.is_site or c.accounts <= $most)
group by f.actor, p.span
