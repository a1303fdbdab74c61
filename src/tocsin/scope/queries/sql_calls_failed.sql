-- SPDX-License-Identifier: Apache-2.0
-- sql_calls_failed: events whose statement lacks a value, or has one that cannot be read as what it is compared with.
-- reads   sql_group, sql_calls
-- gives   sql_calls_failed: one row per event and rule
-- binds   $bound
select
    g.event_id,
    g.rule,
    case
        when c.is_missing then 'missing_parameter'
        else 'bad_parameter'
    end,
    least($bound, case when c.is_paged and c.limit_rows >= 0 then c.limit_rows end)
from sql_group as g
inner join sql_calls as c
    on c.call = g.call
where c.is_missing
    or c.is_bad
