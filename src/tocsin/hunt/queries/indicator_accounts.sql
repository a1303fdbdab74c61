-- SPDX-License-Identifier: Apache-2.0
-- indicator_accounts: the accounts that each indicator was seen with, the busiest first.
-- reads   clause_hits, events
-- gives   one row per indicator and account
-- binds   $most
with acts as (
    select distinct
        h.indicator,
        e.event_id,
        e.account
    from clause_hits as h
    inner join events as e
        on e.event_id = h.event_id
    where e.account is not null
),
counted as (
    select
        indicator,
        account,
        cast(count(*) as bigint) as events,
        row_number() over (partition by indicator order by count(*) desc, account) as place
    from acts
    group by
        indicator,
        account
)
select
    indicator,
    account,
    events
from counted
where place <= $most
order by
    indicator,
    place
