-- SPDX-License-Identifier: Apache-2.0
-- finding_lines: where to look in the logs for what is said of an account: lines of the sessions that speak most
--   against it, and where no session was weighed, its first acts of the period that was found.
-- reads   findings, session_evidence, events, files
-- gives   one row per account and line, $most lines an account at most
-- binds   $accounts, $most
with

found as (
    select
        account,
        first_at,
        last_at
    from findings
    where detector = 'all'
      and list_contains($accounts, account)
),

weighed as (
    select
        e.account,
        unnest(e.lines) as event_id,
        s.score
    from session_evidence as e
    join found as f
      on f.account = e.account
    join findings as s
      on s.session_id = e.session_id
     and s.detector = 'session'
    where s.score > 0
),

plain as (
    select
        e.account,
        e.event_id,
        0 as score
    from events as e
    join found as f
      on f.account = e.account
    where e.occurred_at between f.first_at and f.last_at
      and e.account not in (select account from weighed)
),

ordered as (
    select
        account,
        event_id,
        row_number() over (partition by account order by score desc, event_id) as place
    from (select * from weighed union all select * from plain) as lines
)

select
    o.account,
    f.path || ':' || e.line_number as line
from ordered as o
join events as e
  on e.event_id = o.event_id
join files as f
  on f.file_number = e.file_number
where o.place <= $most
order by
    o.account,
    o.event_id
