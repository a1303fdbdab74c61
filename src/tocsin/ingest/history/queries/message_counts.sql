-- SPDX-License-Identifier: Apache-2.0
-- message_counts: messages by what became of them; those told late, or with another's control id, once more as odd.
-- reads   history_fates
-- gives   history_facts of one [[history]]: one row per fate and reason
-- binds   $of, $history
with

counted as (
    select fate, reason
    from history_fates
    union all
    select 'odd', 'out_of_order'
    from history_fates
    where fate = 'told'
      and is_late
    union all
    select 'odd', 'control_id_twice'
    from history_fates
    where fate = 'told'
      and is_control_shared
)

select
    $of as of,
    $history as history,
    fate,
    reason,
    count(*) as "rows"
from counted
group by fate, reason
