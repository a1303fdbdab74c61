-- SPDX-License-Identifier: Apache-2.0
-- acts: what the accounts looked at did within the period, with the session and the request template of each act.
--   Sessions are those of the whole logs: a period cuts none in two.
-- reads   own_acts, event_sessions
-- gives   acts: one row per event
-- binds   $since, $until, $zone

select
    o.*,
    s.session_id,
    cast(hour(o.occurred_at at time zone $zone) as bigint) as local_hour,
    request_template(o.object)                             as template,
    parameter_names(o.query)                               as parameters
from own_acts as o
join event_sessions as s
  on s.event_id = o.event_id
where ($since is null or o.occurred_at >= cast($since as timestamptz))
  and ($until is null or o.occurred_at < cast($until as timestamptz))
