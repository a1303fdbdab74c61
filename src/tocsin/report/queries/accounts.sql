-- SPDX-License-Identifier: Apache-2.0
-- accounts: who acted within the scope, and who detection ranks first.
-- reads   acts, findings, suspects, account_persons, account_sessions
-- gives   one row per account, those in scope first
-- binds   $found, $most

with

judged_accounts as (
    select
        account,
        bool_or(is_illegitimate) as is_illegitimate,
        max(p) as p,
        arg_min(origin, list_position(['decided', 'answer', 'known', 'proposed'], origin)) as origin,
        count(*) as events,
        min(occurred_at) as first_at,
        max(occurred_at) as last_at
    from acts
    where account is not null
    group by account
),

ranked as (
    select
        account,
        min(rank) as rank,
        max(p) as p,
        arg_min(reasons, rank) as reasons,
        max(events) as events,
        max(persons) as persons,
        min(first_at) as first_at,
        max(last_at) as last_at
    from findings
    where detector = 'all'
    group by account
),

cleared as (
    select
        account,
        min(origin) as origin
    from suspects
    where verdict = 'legitimate'
      and account is not null
    group by account
)

select
    coalesce(j.account, r.account) as account,
    r.rank,
    case when j.account is null then r.p else coalesce(j.p, r.p) end as p,
    case
        when j.is_illegitimate then 'illegitimate'
        when j.account is not null then 'doubtful'
        when c.account is not null then 'legitimate'
    end as verdict,
    coalesce(j.origin, c.origin) as origin,
    coalesce(s.sessions, 0) as sessions,
    case when j.account is null then r.events else j.events end as events,
    case when j.account is null then r.persons else coalesce(n.persons, 0) end as persons,
    coalesce(j.first_at, r.first_at) as first_at,
    coalesce(j.last_at, r.last_at) as last_at,
    r.reasons,
    count(*) over () as accounts
from judged_accounts as j
full join (select * from ranked where rank <= $found or account in (select account from judged_accounts)) as r
  on r.account = j.account
left join cleared as c
  on c.account = coalesce(j.account, r.account)
left join account_persons as n
  on n.account = j.account
left join account_sessions as s
  on s.account = j.account
order by
    j.account is null,
    j.is_illegitimate desc nulls last,
    r.rank nulls last,
    p desc nulls last,
    n.persons desc nulls last,
    account
limit $most
