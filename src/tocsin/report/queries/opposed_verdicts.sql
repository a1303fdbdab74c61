-- SPDX-License-Identifier: Apache-2.0
-- opposed_verdicts: suspects of one rank whose verdicts differ over the same events.
-- reads   disputes, suspects
-- gives   one row per pair

select
    d.suspect_id,
    d.other_id,
    coalesce(a.account, b.account) as account,
    a.verdict,
    b.verdict as other_verdict,
    d.events
from disputes as d
left join suspects as a
  on a.suspect_id = d.suspect_id
left join suspects as b
  on b.suspect_id = d.other_id
order by
    d.suspect_id,
    d.other_id
