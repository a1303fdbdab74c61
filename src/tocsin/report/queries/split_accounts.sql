-- SPDX-License-Identifier: Apache-2.0
-- split_accounts: of each account that was split, its sessions by class, and whom those not excluded saw.
-- reads   split_sessions, session_people
-- gives   one row per account, the most persons first
-- binds   $most

with

sessions as (
    select
        account,
        count(*) filter (where "class" = 'confirmed') as confirmed,
        count(*) filter (where "class" = 'likely')    as likely,
        count(*) filter (where "class" = 'possible')  as possible,
        count(*) filter (where "class" = 'excluded')  as excluded,
        count(hard_fact)                              as hard_facts,
        min(first_at)                                 as first_at,
        max(last_at)                                  as last_at
    from split_sessions
    group by account
),

persons as (
    select
        s.account,
        count(distinct row(v.registry, v.person)) as persons
    from split_sessions as s
    join session_people as v
      on v.session_id = s.session_id
    where s."class" <> 'excluded'
    group by s.account
)

select
    s.account,
    struct_pack(
        confirmed := s.confirmed,
        likely := s.likely,
        possible := s.possible,
        excluded := s.excluded
    ) as sessions,
    s.hard_facts,
    coalesce(p.persons, 0) as persons,
    s.first_at,
    s.last_at
from sessions as s
left join persons as p
  on p.account = s.account
order by
    persons desc,
    s.account
limit $most
