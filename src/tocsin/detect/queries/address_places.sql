-- SPDX-License-Identifier: Apache-2.0
-- address_places: where each address that an account came from lies: the narrowest range that holds it.
--   What the site says of its own ranges goes before any register. Ranges alike that lie apart tell nothing.
-- reads   address_holders, address_ranges
-- gives   address_places: one row per address whose place is told
-- binds   (none)
with

held as (
    select
        h.address,
        r.*,
        dense_rank() over (
            partition by h.address
            order by r.is_site desc, r.first_address desc, r.last_address
        ) as depth
    from address_holders as h
    join address_ranges as r
      on r.first_address = h.first_address
     and r.last_address = h.last_address
)

select
    address,
    min(first_address) || '-' || min(last_address)                                    as span,
    min(place)                                                                        as place,
    bool_or(is_site)                                                                  as is_site,
    case when count(distinct (kind, latitude, longitude)) = 1 then min(kind) else 'shared' end as kind,
    min(latitude)                                                                     as latitude,
    min(longitude)                                                                    as longitude,
    max(radius_km)                                                                    as radius_km
from held
where depth = 1
group by address
