-- SPDX-License-Identifier: Apache-2.0
-- address_ranges: where ranges of network addresses lie, as the site tells it.
--   Left out: what is no range, and a fixed place without a point on the globe. A kind that is not known says
--   nothing of where anybody is: it is shared.
-- reads   range_bounds
-- gives   address_ranges: one row per range
-- binds   (none)
with

told as (
    select
        *,
        case when kind in ('fixed', 'mobile', 'vpn', 'shared') then kind else 'shared' end as known_kind,
        latitude between -90 and 90 and longitude between -180 and 180                      as has_point
    from range_bounds
    where first_address <= last_address
)

select distinct
    places,
    regexp_replace(coalesce(
        place,
        round(latitude, 2) || ', ' || round(longitude, 2),
        places
    ), '[[:cntrl:]]', '', 'g')                                       as place,
    known_kind                                                       as kind,
    is_site,
    first_address,
    last_address,
    case when has_point then latitude end                            as latitude,
    case when has_point then longitude end                           as longitude,
    case when has_point then greatest(0, radius_km) end              as radius_km
from told
where known_kind <> 'fixed'
   or has_point
