-- SPDX-License-Identifier: Apache-2.0
-- audit_presence: that a row was there when it was changed, from when on, and until when.
-- reads   history_fates
-- gives   history_said of one [[history]]: cells of presence
-- binds   $source
with

cells as (
    select key, said_at, 0 as turn, place, false as is_change, case when is_new then null else 'true' end as value
    from history_fates
    where fate = 'told'
    union all
    select key, said_at, 1, place, is_new or is_gone, case when is_gone then null else 'true' end
    from history_fates
    where fate = 'told'
)

select
    *,
    'present' as name,
    null as alike,
    cast($source as bigint) as source
from cells
