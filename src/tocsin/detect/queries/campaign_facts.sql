-- SPDX-License-Identifier: Apache-2.0
-- campaign_facts: each campaign in one line, for people.
-- reads   campaign_rows
-- gives   one row per campaign
-- binds   (none)
select
    campaign,
    count(*) filter (where kind = 'account')     as accounts,
    count(*) filter (where kind <> 'account')    as places,
    strftime(min(first_at), '%Y-%m-%d')          as first_day,
    strftime(max(last_at), '%Y-%m-%d')           as last_day
from campaign_rows
group by campaign
