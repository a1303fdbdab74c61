-- SPDX-License-Identifier: Apache-2.0
-- campaign_facts: each campaign in one line, for people.
-- reads   campaign_rows
-- gives   one row per campaign
-- binds   (none)
select
    campaign,
    count(*) filter (where kind = 'account')     as accounts,
    count(*) filter (where kind <> 'account')    as places,
    min(first_at)                                as first_at,
    max(last_at)                                 as last_at
from campaign_rows
group by campaign
