-- SPDX-License-Identifier: Apache-2.0
-- sql_past_unknown: events of moments of which some rows are not known: as many persons more may have been shown.
-- reads   sql_group, sql_calls, sql_unknown_now
-- gives   sql_past_unknown: one row per event and rule
-- binds   (none)
select
    g.event_id,
    g.rule,
    'past_unknown',
    least(n.stand_ins, case when c.is_paged and c.limit_rows >= 0 then c.limit_rows end)
from sql_group as g
inner join sql_calls as c
    on c.call = g.call
inner join sql_unknown_now as n
    on n.moment is not distinct from c.moment
where n.stand_ins > 0
    and not c.is_missing
    and not c.is_bad
