-- SPDX-License-Identifier: Apache-2.0
-- answers_contradict: sessions on which professionals said the opposite of one another.
-- reads   heard_answers, split_sessions
-- gives   one row per session, the most persons first
-- binds   (none)

select
    h.account,
    h.session_id            as session,
    h.answers,
    coalesce(s.persons, 0)  as persons
from heard_answers as h
left join split_sessions as s
  on s.session_id = h.session_id
where h.state = 'contradicted'
order by
    persons desc,
    h.account,
    h.session_id
