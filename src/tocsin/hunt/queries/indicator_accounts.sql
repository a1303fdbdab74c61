-- SPDX-License-Identifier: Apache-2.0
-- indicator_accounts: the accounts that each indicator was seen with, and the addresses, the busiest first.
-- reads   clause_hits, events
-- gives   one row per indicator and account, or address
-- binds   $most
with acts as (
    select distinct
        h.indicator,
        e.event_id,
        e.account,
        e.address
    from clause_hits as h
    inner join events as e
        on e.event_id = h.event_id
),
named as (
    select
        indicator,
        'account' as kind,
        account as value
    from acts
    union all
    select
        indicator,
        'address' as kind,
        address as value
    from acts
),
counted as (
    select
        indicator,
        kind,
        value,
        cast(count(*) as bigint) as events,
        row_number() over (partition by indicator, kind order by count(*) desc, value) as place
    from named
    where value is not null
    group by
        indicator,
        kind,
        value
)
select
    indicator,
    kind,
    value,
    events
from counted
where place <= $most
order by
    indicator,
    kind,
    place
