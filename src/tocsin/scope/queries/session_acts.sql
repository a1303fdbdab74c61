-- SPDX-License-Identifier: Apache-2.0
-- session_acts: what the accounts in question did, with all that tells a session.
-- reads   events, session_accounts
-- gives   session_acts: one row per event of those accounts
select
    e.event_id,
    e.occurred_at,
    e.source,
    e.account,
    e.session,
    e.device,
    e.address,
    e.client,
    e.person,
    e.persons
from events as e
where e.account in (select a.account from session_accounts as a)
