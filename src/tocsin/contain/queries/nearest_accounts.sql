-- SPDX-License-Identifier: Apache-2.0
-- nearest_accounts: accounts whose names are close to one that never appears.
-- reads   events, accounts
-- gives   up to five names, the closest first
-- binds   $account

with

names as (
    select account from events where account is not null
    union
    select account from accounts where account is not null
)

select account
from names
where jaro_winkler_similarity(lower(account), lower($account)) > 0.75
    or contains(lower(account), lower($account))
order by jaro_winkler_similarity(lower(account), lower($account)) desc, account
limit 5
