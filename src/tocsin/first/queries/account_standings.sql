-- SPDX-License-Identifier: Apache-2.0
-- account_standings: where one account stands.
-- reads   standings
-- gives   one row per measure
-- binds   $account

select
    measure,
    value,
    standing,
    below,
    accounts,
    median
from standings
where account = $account
order by measure
