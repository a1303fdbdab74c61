-- SPDX-License-Identifier: Apache-2.0
-- address_places: where each address that an account came from lies: the narrowest range that holds it.
--   What the site says of its own ranges goes before any register. Ranges alike that lie apart tell nothing.
-- reads   address_digits, address_ranges
-- gives   address_places: one row per address whose place is told
-- binds   (none)
with

held as (
    select
        a.address,
        r.*,
        dense_rank() over (
            partition by a.address
            order by r.is_site desc, r.first_address desc, r.last_address
        ) as depth
    from address_digits as a
    join address_ranges as r
      on r.first_address <= a.digits
     and r.last_address >= a.digits
)

select
    address,
    min(place)                                                                        as place,
    bool_or(is_site)                                                                  as is_site,
    case when count(distinct (kind, latitude, longitude)) = 1 then min(kind) else 'shared' end as kind,
    min(latitude)                                                                     as latitude,
    min(longitude)                                                                    as longitude,
    max(radius_km)                                                                    as radius_km
from held
where depth = 1
group by address
