-- SPDX-License-Identifier: Apache-2.0
-- campaigns_found: each campaign's accounts, and the places that join them, the most telling first.
-- reads   campaigns, suspects
-- gives   one row per campaign and account or place
-- binds   $most

with

decided as (
    select distinct account
    from suspects
    where account is not null
      and session_id is null
      and origin in ('decided', 'answer', 'known')
),

ordered as (
    select
        c.campaign,
        c.kind = 'account' as is_account,
        c.kind,
        c.name,
        c.accounts,
        c.outsiders,
        c.rarity,
        c.sessions,
        c.first_at,
        c.last_at,
        d.account is not null as is_decided,
        row_number() over (
            partition by c.campaign, c.kind = 'account'
            order by c.accounts desc, c.rarity desc nulls last, c.first_at, c.kind, c.name
        ) as place
    from campaigns as c
    left join decided as d
      on d.account = c.name
     and c.kind = 'account'
)

select
    *,
    count(*) filter (where is_account) over (partition by campaign)                    as all_accounts,
    count(*) filter (where not is_account) over (partition by campaign)                as all_places,
    count(*) filter (where is_account and not is_decided) over (partition by campaign) as undecided,
    min(first_at) over (partition by campaign)                                         as from_at,
    max(last_at) over (partition by campaign)                                          as until_at
from ordered
qualify place <= $most
order by
    campaign,
    is_account desc,
    place
