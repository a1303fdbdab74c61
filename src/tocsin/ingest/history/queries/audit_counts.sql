-- SPDX-License-Identifier: Apache-2.0
-- audit_counts: audit rows by what became of them.
-- reads   history_fates
-- gives   history_facts of one [[history]]: one row per fate and reason
-- binds   $of, $history
select
    $of as of,
    $history as history,
    fate,
    reason,
    count(*) as "rows"
from history_fates
group by fate, reason
