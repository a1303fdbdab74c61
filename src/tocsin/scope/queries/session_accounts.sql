-- SPDX-License-Identifier: Apache-2.0
-- session_accounts: the accounts whose sessions suspects name.
-- reads   suspect_rows, findings, sessions
-- gives   session_accounts: one row per account
select account
from suspect_rows
where session_id is not null
    and account is not null
union
select f.account
from findings as f
where f.session_id in (select s.session_id from suspect_rows as s)
union
select o.account
from sessions as o
where o.session_id in (select s.session_id from suspect_rows as s)
