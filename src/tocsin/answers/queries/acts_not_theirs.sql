-- SPDX-License-Identifier: Apache-2.0
-- acts_not_theirs: what was written, sent or taken out under the account by somebody else.
--   Held for sure, or to be confirmed where the session is only doubtful. The record's number, nobody's name.
-- reads   events, judged
-- gives   one row per act, in the order of time
-- binds   $account, $likely
select
    e.occurred_at,
    e.source,
    e.action,
    coalesce(e.record_type, e.object_type) as kind,
    e.record,
    j.verdict = 'illegitimate'             as is_sure
from events as e
join judged as j
  on j.event_id = e.event_id
where e.account = $account
  and e.action in ('create', 'update', 'delete', 'share', 'export', 'download', 'upload')
  and e.outcome <> 'failure'
  and (j.verdict = 'illegitimate' or j.p >= $likely)
order by
    e.occurred_at,
    e.event_id
