-- SPDX-License-Identifier: Apache-2.0
-- sql_strangers_found: rows of records whose person nothing tells.
-- reads   sql_judged_rows, sql_persons
-- gives   sql_strangers_found: one row per event and rule
select
    j.event_id,
    j.rule,
    'unknown_record',
    count(distinct (p.record_type, p.record))
from sql_judged_rows as j
inner join sql_persons as p
    on p.call = j.call
where p.person is null
group by
    j.event_id,
    j.rule
