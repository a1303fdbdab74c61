-- SPDX-License-Identifier: Apache-2.0
-- doubtful_sessions: sessions of which nobody can say whose they are, not asked about yet, and whom they saw.
--   Without those on which, or on whose account over their time, a person has decided.
-- reads   split_sessions, session_people, heard_answers, suspects, sessions
-- gives   one row
-- binds   (none)

with

settled as (
    select
        s.account,
        coalesce(s.session_id, o.session_id) as session_id,
        s.from_at,
        s.until_at
    from suspects as s
    left join sessions as o
      on o.logged_session = s.session
    where s.verdict <> 'doubtful'
      and s.origin in ('decided', 'known')
      and (s.session is null or o.session_id is not null)
      and coalesce(s.account, s.session_id, s.session) is not null
      and coalesce(s.source, s.address, s.device, s.client, s.user_agent, s.file_name) is null
),

doubtful as (
    select
        s.session_id,
        s.account
    from split_sessions as s
    anti join heard_answers as h
      on h.session_id = s.session_id
    anti join settled as d
      on coalesce(d.account = s.account, true)
     and coalesce(d.session_id = s.session_id, true)
     and coalesce(d.from_at <= s.first_at, true)
     and coalesce(s.last_at < d.until_at, true)
    where s."class" = 'possible'
)

select
    count(distinct d.session_id)                                                  as sessions,
    count(distinct d.account)                                                     as accounts,
    count(distinct row(v.registry, v.person)) filter (where v.person is not null) as persons
from doubtful as d
left join session_people as v
  on v.session_id = d.session_id
