-- SPDX-License-Identifier: Apache-2.0
-- judged_accounts: the accounts that have an event in scope, or a session that a suspect names.
--   A session that is held legitimate has no event in scope; whoever counts again needs it all the same.
-- reads   scoped, session_acts, event_sessions, suspect_rows
-- gives   session_accounts: one row per account
select account
from scoped
where account is not null
union
select a.account
from session_acts as a
inner join event_sessions as x
    on x.event_id = a.event_id
where a.account is not null
    and x.session_id in (select s.session_id from suspect_rows as s)
