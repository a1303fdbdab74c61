-- SPDX-License-Identifier: Apache-2.0
-- doubtful_sessions: sessions of which nobody can say whose they are, not asked about yet, and whom they saw.
-- reads   split_sessions, session_people, heard_answers
-- gives   one row
-- binds   (none)

with

doubtful as (
    select
        s.session_id,
        s.account
    from split_sessions as s
    anti join heard_answers as h
      on h.session_id = s.session_id
    where s."class" = 'possible'
)

select
    count(distinct d.session_id)                                                  as sessions,
    count(distinct d.account)                                                     as accounts,
    count(distinct row(v.registry, v.person)) filter (where v.person is not null) as persons
from doubtful as d
left join session_people as v
  on v.session_id = d.session_id
