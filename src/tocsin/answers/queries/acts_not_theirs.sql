-- SPDX-License-Identifier: Apache-2.0
-- acts_not_theirs: what was written, sent or taken out under the account by somebody else.
--   Held for sure, or to be confirmed where it is only doubtful. What the split gives to the owner is no such act,
--   unless it is held illegitimate. The record's number and the line of the log, nobody's name.
-- reads   events, judged, split_sessions, session_evidence, files
-- gives   one row per act, in the order of time
-- binds   $account, $likely
with

acts as (
    select
        e.event_id,
        e.occurred_at,
        e.source,
        e.action,
        coalesce(e.record_type, e.object_type)  as kind,
        e.record,
        e.device,
        e.address,
        f.path || ':' || e.line_number          as line,
        j.verdict = 'illegitimate'              as is_sure
    from events as e
    join judged as j
      on j.event_id = e.event_id
    left join files as f
      on f.file_number = e.file_number
    where e.account = $account
      and e.action in ('create', 'update', 'delete', 'share', 'export', 'download', 'upload')
      and e.outcome <> 'failure'
      and (j.verdict = 'illegitimate' or j.p >= $likely)
),

sessions as (
    select
        s."class" as label,
        s.first_at,
        s.last_at,
        e.device,
        e.address
    from split_sessions as s
    join session_evidence as e
      on e.session_id = s.session_id
    where s.account = $account
),

told as (
    select
        a.event_id,
        bool_and(s.label = 'excluded') as is_owners
    from acts as a
    join sessions as s
      on a.occurred_at between s.first_at and s.last_at
     and (a.device is null or s.device is null or a.device = s.device)
     and (a.address is null or s.address is null or a.address = s.address)
    group by a.event_id
)

select
    a.occurred_at,
    a.source,
    a.action,
    a.kind,
    a.record,
    a.line,
    a.is_sure
from acts as a
left join told as t
  on t.event_id = a.event_id
where a.is_sure
   or t.is_owners is distinct from true
order by
    a.occurred_at,
    a.event_id
