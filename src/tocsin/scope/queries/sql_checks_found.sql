-- SPDX-License-Identifier: Apache-2.0
-- sql_checks_found: whether the logged number of rows agrees with the statement that was run again.
-- reads   sql_judged_rows
-- gives   sql_checks_found: one row per event and rule whose log counts rows
select
    event_id,
    'sql_replay' as resolver,
    'items' as against,
    least_rows,
    most_rows,
    logged_rows,
    case
        when logged_rows < least_rows or logged_rows > most_rows then 'contradicted'
        when least_rows < most_rows then 'narrowed'
        else 'confirmed'
    end as verdict
from sql_judged_rows
where logged_rows is not null
