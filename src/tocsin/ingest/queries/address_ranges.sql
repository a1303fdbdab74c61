-- SPDX-License-Identifier: Apache-2.0
-- address_ranges: where ranges of network addresses lie, as the site tells it.
-- reads   ranges_told
-- gives   address_ranges: one row per range
-- binds   (none)
select distinct
    places,
    regexp_replace(coalesce(
        place,
        round(latitude, 2) || ', ' || round(longitude, 2),
        places
    ), '[[:cntrl:]]', '', 'g')                                       as place,
    kind,
    is_site,
    first_address,
    last_address,
    case when has_point then latitude end                            as latitude,
    case when has_point then longitude end                           as longitude,
    case when has_point then greatest(0, radius_km) end              as radius_km
from ranges_told
where fate in ('kept', 'unknown_kind')
