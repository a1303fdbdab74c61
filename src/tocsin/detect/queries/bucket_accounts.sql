-- SPDX-License-Identifier: Apache-2.0
-- bucket_accounts: the accounts that are gone through together.
-- reads   actors
-- gives   session_accounts: one row per account
-- binds   $first, $last
select account
from actors
where actor between $first and $last
