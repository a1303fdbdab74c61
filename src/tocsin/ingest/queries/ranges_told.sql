-- SPDX-License-Identifier: Apache-2.0
-- ranges_told: each row that tells where addresses lie, and what becomes of it.
--   Left out: what is no range (no_range, or backwards), and a fixed place without a point on the globe (no_point).
--   A kind that is not known says nothing of where anybody is: it is shared (unknown_kind).
-- reads   range_bounds
-- gives   ranges_told: one row per row of a register, or address of the site
-- binds   (none)
with

placed as (
    select
        *,
        kind in ('fixed', 'mobile', 'vpn', 'shared')                            as is_known_kind,
        coalesce(latitude between -90 and 90 and longitude between -180 and 180, false) as has_point
    from range_bounds
)

select
    * exclude (kind, is_known_kind),
    case when is_known_kind then kind else 'shared' end as kind,
    case
        when first_address is null or last_address is null then 'no_range'
        when first_address > last_address then 'backwards'
        when kind = 'fixed' and not has_point then 'no_point'
        when not is_known_kind then 'unknown_kind'
        else 'kept'
    end as fate
from placed
