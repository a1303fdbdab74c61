-- SPDX-License-Identifier: Apache-2.0
-- sql_row_checks: the rows that each event's statement gives again, beside those that the log counts.
-- reads   sql_group, sql_calls, sql_rows, sql_unknown_now
-- gives   sql_row_checks: one row per event and rule whose call could be made
-- binds   $possible
select
    g.event_id,
    g.rule,
    g.call,
    case when $possible or n.doubtful is not null then 0 else r.page_rows end as least_rows,
    r.page_rows as most_rows,
    case when g.items >= 0 then g.items end as logged_rows
from sql_group as g
inner join sql_calls as c
    on c.call = g.call
inner join sql_rows as r
    on r.call = g.call
left join sql_unknown_now as n
    on n.moment is not distinct from c.moment
where not c.is_missing
    and not c.is_bad
