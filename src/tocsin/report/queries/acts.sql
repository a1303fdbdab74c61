-- SPDX-License-Identifier: Apache-2.0
-- acts: the events in scope, with who acted and what is held of it.
-- reads   judged, events, suspects, witnesses
-- gives   acts: one row per event in scope; act_id is the same for all that tell of one act, attempts included

select
    j.event_id,
    coalesce(w.act_id, e.retry_of, j.event_id) as act_id,
    j.verdict = 'illegitimate' as is_illegitimate,
    j.p,
    s.origin,
    s.session_id as judged_session,
    e.source,
    e.account,
    e.session,
    e.occurred_at
from judged as j
join events as e
  on e.event_id = j.event_id
left join suspects as s
  on s.suspect_id = j.suspect_id
left join witnesses as w
  on w.event_id = j.event_id
