-- behind_acts: the events in scope of an account, of a step of the timeline, or all of them.
-- reads   acts
-- gives   behind: one row per event
-- binds   $account, $level, $step, $zone, $bucket

select event_id
from acts
where ($account is null or account = $account)
  and ($bucket::timestamptz is null
      or date_trunc($step, occurred_at at time zone $zone) at time zone $zone = $bucket)
  and case
      when is_illegitimate then 1
      when p >= 0.5 then 2
      else 3
  end <= $level
