-- SPDX-License-Identifier: Apache-2.0
-- range_layers: ranges of addresses, and which of them end before any other begins: no address is in two of those.
-- reads   ranges_left
-- gives   range_layers: one row per range
-- binds   (none)
select
    first_address,
    last_address,
    coalesce(
        lead(first_address) over (order by first_address, last_address desc) > last_address,
        true
    ) as is_apart
from ranges_left
