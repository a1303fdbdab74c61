-- SPDX-License-Identifier: Apache-2.0
-- behind_acts: the events in scope of an account, of a step of the timeline, or all of them.
-- reads   acts, shown
-- gives   behind: one row per event
-- binds   $account, $level, $step, $zone, $bucket, $disclosing, $signed_in

select event_id
from acts
where ($account is null or account = $account)
  and (not $signed_in or account is not null)
  and ($bucket::timestamptz is null
      or date_trunc($step, occurred_at at time zone $zone) at time zone $zone = $bucket)
  and case
      when is_illegitimate then 1
      when p >= 0.5 then 2
      else 3
  end <= $level
  and (not $disclosing or event_id in (select s.event_id from shown as s where s.level is not null))
