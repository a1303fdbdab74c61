-- SPDX-License-Identifier: Apache-2.0
-- known_accounts: which of these names appear in the logs or in the directory.
-- reads   events, accounts
-- gives   one row per name that does
-- binds   $accounts
select account from events where list_contains($accounts, account)
union
select account from accounts where list_contains($accounts, account)
order by account
