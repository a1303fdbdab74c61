-- SPDX-License-Identifier: Apache-2.0
-- sample_people: the persons of the sample, and how surely the logs show them.
-- reads   sample_persons_found, exposure
-- gives   sample_people: one row per person
with people as (
    select
        person_id,
        min(row) as row,
        arg_min(key, row) as key
    from sample_persons_found
    where person_id is not null
    group by person_id
),
shown as (
    select
        person_id,
        min(case count_in when 'floor' then 1 when 'best' then 2 when 'ceiling' then 3 end) as rank
    from exposure
    where count_in is not null
    group by person_id
)
select
    p.person_id,
    p.row,
    p.key,
    case s.rank when 1 then 'floor' when 2 then 'best' when 3 then 'ceiling' end as count_in
from people as p
left join shown as s
    on s.person_id = p.person_id
