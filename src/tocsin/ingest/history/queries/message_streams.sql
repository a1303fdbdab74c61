-- SPDX-License-Identifier: Apache-2.0
-- message_streams: the columns of which messages tell every change, and since when until when.
-- reads   history_fates
-- gives   history_streams of one [[history]]: one row per column
-- binds   $names, $since, $until
with

span as (
    select
        coalesce($since, min(told_at)) as since,
        coalesce($until, max(told_at)) as until
    from history_fates
    where fate = 'told'
)

select
    unnest(cast($names as varchar[])) as name,
    since,
    until
from span
where since <= until
