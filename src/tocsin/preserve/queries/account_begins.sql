-- SPDX-License-Identifier: Apache-2.0
-- account_begins: since when accounts act, over all sources.
-- reads   events
-- gives   one row
-- binds   $accounts
select min(occurred_at) as first_at
from events
where list_contains($accounts, account)
