-- SPDX-License-Identifier: Apache-2.0
-- usurped: professionals whose account somebody else used, each with a number below zero of their own.
--   Only what is held for sure; an account of a patient, or of nobody in the directory, is not a professional's.
-- reads   stolen_spans, accounts, account_contacts, events, judged
-- gives   usurped: one row per account
-- binds   $zone

with

professionals as (
    select account
    from accounts
    group by account
    having bool_or(professional_id is not null or person is null)
),

stolen as (
    select
        s.account,
        s.first_at,
        s.last_at,
        strftime(s.first_at at time zone cast($zone as varchar), '%Y-%m-%d') as first_day,
        strftime(s.last_at at time zone cast($zone as varchar), '%Y-%m-%d') as last_day
    from stolen_spans as s
    join professionals as p
      on p.account = s.account
    where s.sure_events > 0
),

named as (
    select
        account,
        first(name order by contact_since desc nulls last, name) filter (where name is not null) as name
    from account_contacts
    group by account
),

written as (
    select
        e.account,
        count(*) as acts
    from events as e
    join stolen as s
      on s.account = e.account
    join judged as j
      on j.event_id = e.event_id
    where j.verdict = 'illegitimate'
      and e.action in ('create', 'update', 'delete', 'share', 'export', 'download', 'upload')
      and e.outcome <> 'failure'
    group by e.account
)

select
    -1 - cast('0x' || sha256('account ' || s.account)[:15] as bigint) as person_id,
    s.account,
    n.name,
    s.first_at,
    s.last_at,
    [s.first_day, s.last_day] as days,
    sha256(concat_ws('|', s.account, s.first_day, s.last_day, coalesce(w.acts, 0))) as facts
from stolen as s
left join named as n
  on n.account = s.account
left join written as w
  on w.account = s.account
