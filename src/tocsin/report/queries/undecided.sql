-- SPDX-License-Identifier: Apache-2.0
-- undecided: what is doubtful and waits for a person: accounts whole, or sessions of those that two may share.
--   Nothing is open where a session speaks for its owner; where nobody can tell, the owners are asked, by another question.
-- reads   acts, split_sessions
-- gives   one row per account, and one more for its sessions that were judged one by one, the likeliest first
-- binds   $most

with

open_acts as (
    select
        a.account,
        a.judged_session,
        a.p
    from acts as a
    left join split_sessions as s
      on s.session_id = a.judged_session
    where not a.is_illegitimate
      and a.origin in ('known', 'proposed')
      and coalesce(s."class" not in ('possible', 'excluded'), true)
)

select
    account,
    judged_session is not null     as is_by_session,
    max(p)                         as p,
    count(distinct judged_session) as sessions,
    count(*)                       as events,
    count(*) over ()               as questions
from open_acts
group by
    account,
    is_by_session
order by
    p desc nulls last,
    events desc,
    account nulls last,
    is_by_session
limit $most
