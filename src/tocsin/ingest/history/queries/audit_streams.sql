-- SPDX-License-Identifier: Apache-2.0
-- audit_streams: the columns of which audit rows tell every change, and since when until when.
-- reads   history_fates
-- gives   history_streams of one [[history]]: one row per column
-- binds   $names, $present, $since, $until
with

span as (
    select
        coalesce($since, min(said_at)) as since,
        coalesce($until, max(said_at)) as until,
        coalesce(bool_or(is_new or is_gone), false) as tells_presence
    from history_fates
    where fate = 'told'
),

columns as (
    select unnest(cast($names as varchar[])) as name, true as is_told
    union all
    select cast($present as varchar), (select tells_presence from span)
)

select
    c.name,
    s.since,
    s.until
from columns as c
cross join span as s
where c.is_told
  and s.since <= s.until
