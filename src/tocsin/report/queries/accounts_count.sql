-- SPDX-License-Identifier: Apache-2.0
-- accounts_count: how many accounts acted within the scope; an act without an account is nobody's.
--   Where something was not read or is missing, the ceiling adds the accounts that its suspects name, seen or not,
--   and, where a suspect may be any account, one for each such record; it is null when nothing tells how many are.
-- reads   acts, doubts, suspects, sessions
-- gives   one row

with

named as (
    select
        account,
        bool_or(is_illegitimate) as is_illegitimate,
        bool_or(p >= 0.5) as is_likely
    from acts
    where account is not null
    group by account
),

unread as (
    select
        row_number() over () as doubt,
        source,
        from_at,
        case kind when 'set_aside' then from_at else until_at end as until_at,
        case kind when 'set_aside' then 1 else least(missing, most_records) end as records
    from doubts
    where kind in ('set_aside', 'gap')
),

suspected as (
    select
        s.source,
        coalesce(s.account, o.account) as account,
        s.from_at,
        s.until_at
    from suspects as s
    left join sessions as o
      on o.session_id = s.session_id
    where s.verdict <> 'legitimate'
),

concerned as (
    select
        u.doubt,
        u.records,
        s.account
    from unread as u
    join suspected as s
      on coalesce(s.source = u.source, true)
     and coalesce(u.from_at < s.until_at, true)
     and coalesce(s.from_at <= u.until_at, true)
),

unseen as (
    select count(distinct account) as accounts
    from concerned
    where account not in (select n.account from named as n)
),

of_anybody as (
    select
        coalesce(sum(records), 0) as accounts,
        count(*) filter (where records is null) as boundless
    from (
        select distinct
            doubt,
            records
        from concerned
        where account is null
    )
)

select
    count(*) filter (where n.is_illegitimate) as floor,
    count(*) filter (where n.is_illegitimate or n.is_likely) as best,
    case
        when any_value(o.boundless) = 0
        then least(
            count(n.account) + any_value(u.accounts) + any_value(o.accounts),
            1000000000000000
        )::bigint
    end as ceiling
from unseen as u
cross join of_anybody as o
left join named as n
  on true
