-- SPDX-License-Identifier: Apache-2.0
-- replay_contradictions: what was run again and does not agree with what the log counts.
-- reads   replay_checks
-- gives   one row per resolver and kind of count

select
    against as counted,
    count(distinct event_id) as events
from replay_checks
where verdict = 'contradicted'
group by against
order by against
