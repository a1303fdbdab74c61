-- SPDX-License-Identifier: Apache-2.0
-- outages: stretches in which those who usually work could not.
-- reads   outage_spans, outage_accounts
-- gives   outages: one row per outage
with concerned as (
    select
        outage,
        count(*) filter (where is_account) as accounts,
        count(*) filter (where not is_account) as addresses
    from outage_accounts
    group by outage
)
select
    o.outage,
    o.source,
    o.from_at,
    o.until_at,
    o.hours as hours_lost,
    o.refused,
    coalesce(c.accounts, 0) as accounts,
    coalesce(c.addresses, 0) as addresses
from outage_spans as o
left join concerned as c
    on c.outage = o.outage
