-- SPDX-License-Identifier: Apache-2.0
-- accounts_behind: accounts whose name for people, or professional number, is the word that was asked for.
-- reads   events
-- gives   one row per account
-- binds   $asked, $most

select distinct account
from events
where account is not null
  and (lower(account_name) = lower($asked) or lower(professional_id) = lower($asked))
order by account
limit $most
