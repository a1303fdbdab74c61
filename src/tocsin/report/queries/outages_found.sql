-- SPDX-License-Identifier: Apache-2.0
-- outages_found: stretches in which those who usually work could not.
-- reads   outages
-- gives   one row per outage; hours: its length, null while it goes on

select
    source,
    from_at,
    until_at,
    round(epoch(until_at - from_at) / 3600, 1) as hours,
    hours_lost,
    refused,
    accounts,
    addresses
from outages
order by outage
