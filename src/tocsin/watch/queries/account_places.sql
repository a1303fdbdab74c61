-- SPDX-License-Identifier: Apache-2.0
-- account_places: the devices and addresses from which something was done.
-- reads   events
-- gives   account_places: one row per kind and name
-- binds   (none)
select distinct
    'device' as kind,
    device   as name
from events
where device is not null
union all
select distinct
    'address' as kind,
    address   as name
from events
where address is not null
