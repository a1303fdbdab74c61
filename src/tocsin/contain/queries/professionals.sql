-- SPDX-License-Identifier: Apache-2.0
-- professionals: the national or internal numbers under which suspect accounts act or are listed.
-- reads   accounts, events
-- gives   one row per account and number
-- binds   $accounts

with

numbers as (
    select account, professional_id from accounts
    union
    select account, professional_id from events where list_contains($accounts, account)
)

select distinct
    account,
    case
        when length(professional_id) = 12 and professional_id like '8%' then substr(professional_id, 2)
        else professional_id
    end as professional_id
from numbers
where list_contains($accounts, account)
    and professional_id is not null
order by account, professional_id
