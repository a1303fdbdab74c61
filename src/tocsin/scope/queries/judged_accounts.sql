-- SPDX-License-Identifier: Apache-2.0
-- judged_accounts: the accounts that have an event in scope.
-- reads   scoped
-- gives   session_accounts: one row per account
select distinct account
from scoped
where account is not null
