-- SPDX-License-Identifier: Apache-2.0
-- question_facts: what a professional can remember of a session: when, from where, how much. Nobody's name.
-- reads   session_evidence, split_sessions
-- gives   one row per session asked about
-- binds   $sessions
select
    e.session_id,
    e.account,
    e.first_at,
    e.last_at,
    e.device,
    e.address,
    s.place,
    e.persons,
    e.searches,
    e.writes,
    s.p,
    s."class" as label,
    s.reasons,
    s.lines
from session_evidence as e
join split_sessions as s
  on s.session_id = e.session_id
where list_contains($sessions, e.session_id)
order by
    e.account,
    e.first_at,
    e.session_id
