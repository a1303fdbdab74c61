-- SPDX-License-Identifier: Apache-2.0
-- unplaced_sessions: suspects that name a session whose account nothing tells.
-- reads   suspect_rows, findings, sessions
-- gives   the number of them
select cast(count(*) as bigint) as suspects
from suspect_rows as s
where s.session_id is not null
    and s.account is null
    and s.session_id not in (select f.session_id from findings as f where f.session_id is not null)
    and s.session_id not in (select o.session_id from sessions as o)
