-- SPDX-License-Identifier: Apache-2.0
-- behind_campaign: what the accounts of a campaign did from the places that join them.
-- reads   campaigns, events
-- gives   behind: one row per event
-- binds   $campaign, $account

with

members as (
    select name as account
    from campaigns
    where campaign = $campaign
      and kind = 'account'
      and ($account is null or name = $account)
),

places as (
    select
        kind,
        name
    from campaigns
    where campaign = $campaign
      and kind <> 'account'
)

select e.event_id
from events as e
semi join members as m
  on m.account = e.account
where e.device in (select name from places where kind = 'device')
   or e.address in (select name from places where kind = 'address')
   or e.client in (select name from places where kind = 'client')
