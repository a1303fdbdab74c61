-- SPDX-License-Identifier: Apache-2.0
-- totals: how much one account did within the period, how it went, and who the logs say it is.
-- reads   acts
-- gives   one row
-- binds   $account

select
    count(*)                                                                        as events,
    min(occurred_at)                                                                as first_at,
    max(occurred_at)                                                                as last_at,
    count(*) filter (outcome = 'success')                                           as success,
    count(*) filter (outcome = 'failure')                                           as failure,
    count(*) filter (outcome not in ('success', 'failure'))                         as unknown,
    count(*) filter (action = 'login' and outcome = 'success')                      as sign_ins,
    count(*) filter (action = 'login_failed'
                     or (action = 'login' and outcome = 'failure'))                 as failed_sign_ins,
    count(*) filter (retry_of is not null)                                          as retries,
    cast(coalesce(sum(bytes), 0) as bigint)                                         as bytes,
    count(distinct occurred_at::date)                                               as days,
    list_sort(list(distinct account_name) filter (account_name is not null))[:5]        as names,
    list_sort(list(distinct professional_id) filter (professional_id is not null))[:5]  as professional_ids,
    list_sort(list(distinct organisation) filter (organisation is not null))[:5]        as organisations
from acts
where account = $account
