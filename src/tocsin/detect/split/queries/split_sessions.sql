-- SPDX-License-Identifier: Apache-2.0
-- split_sessions: each session with its probability, its class and why.
-- reads   session_evidence, told_sessions, said_sessions
-- gives   split_sessions: one row per session
-- binds   (none)
select
    e.account,
    e.session_id,
    t.p,
    t.label                    as "class",
    t.hard_fact,
    t.owner_evidence,
    t.place,
    t.weight,
    coalesce(s.reasons, '[]')  as reasons,
    e.lines,
    e.first_at,
    e.last_at,
    e.events,
    e.persons
from session_evidence as e
join told_sessions as t
  on t.session_id = e.session_id
left join said_sessions as s
  on s.session_id = e.session_id
where not e.is_clean
