-- SPDX-License-Identifier: Apache-2.0
-- session_chances: the sessions worth a question, and how far an answer would settle each person seen there.
--   "Not mine" settles all of them; "mine" those whom no other session may have shown to the thief.
-- reads   split_sessions, session_people, split_persons
-- gives   session_chances: one row per session and person
-- binds   $settled
select
    s.account,
    s.session_id,
    v.registry,
    v.person,
    greatest(0, least(1, s.p + 1 - q.p)) as chance
from split_sessions as s
join session_people as v
  on v.session_id = s.session_id
join split_persons as q
  on q.registry is not distinct from v.registry
 and q.person = v.person
where s."class" in ('likely', 'possible')
  and q."class" in ('likely', 'possible')
  and not list_contains($settled, s.session_id)
