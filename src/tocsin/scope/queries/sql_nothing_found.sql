-- SPDX-License-Identifier: Apache-2.0
-- sql_nothing_found: events whose statement showed nobody: it found no row, or gave only what is derived.
-- reads   sql_judged_rows, sql_persons
-- gives   sql_nothing_found: one row per event and rule
-- binds   $told
select
    event_id,
    rule,
    $told
from sql_judged_rows
where call not in (select p.call from sql_persons as p)
