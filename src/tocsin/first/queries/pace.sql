-- SPDX-License-Identifier: Apache-2.0
-- pace: how one account's acts fall over time, in columns of $step seconds.
-- reads   acts
-- gives   one row per column that has acts, in order of time
-- binds   $account, $step, $zone

select
    time_bucket(to_seconds($step), occurred_at at time zone $zone, timestamp '2000-01-03') at time zone $zone as begins_at,
    count(*) filter (outcome = 'success')                                                      as success,
    count(*) filter (outcome = 'failure')                                                      as failure,
    count(*) filter (outcome not in ('success', 'failure'))                                    as unknown
from acts
where account = $account
group by begins_at
order by begins_at
