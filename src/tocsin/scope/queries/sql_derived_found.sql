-- SPDX-License-Identifier: Apache-2.0
-- sql_derived_found: statements that gave only what is derived from persons, and how few stand behind a result.
-- reads   sql_judged_rows, sql_groups
-- gives   sql_derived_found: one row per event and rule
-- binds   $database
select
    j.event_id,
    $database,
    coalesce(g.results, 0),
    g.least,
    coalesce(g.small, 0)
from sql_judged_rows as j
left join sql_groups as g
    on g.call = j.call
