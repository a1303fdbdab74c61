-- SPDX-License-Identifier: Apache-2.0
-- stolen_spans: of each account, what is held not to be its owner's.
-- reads   events, judged
-- gives   one row per account with an illegitimate event, or a doubtful one that is likely
-- binds   $likely
select
    e.account,
    coalesce(min(e.occurred_at) filter (where j.verdict = 'illegitimate'), min(e.occurred_at)) as first_at,
    coalesce(max(e.occurred_at) filter (where j.verdict = 'illegitimate'), max(e.occurred_at)) as last_at,
    count(*)                                                                                   as events,
    count(*) filter (where j.verdict = 'illegitimate') as sure_events
from events as e
join judged as j
  on j.event_id = e.event_id
where e.account is not null
  and (j.verdict = 'illegitimate' or j.p >= $likely)
group by e.account
order by e.account
