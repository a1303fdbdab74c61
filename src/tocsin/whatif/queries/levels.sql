-- SPDX-License-Identifier: Apache-2.0
-- levels: the narrowest count that each person is in.
-- reads   exposure
-- gives   one row per person; level 1 floor, 2 best, 3 ceiling
select
    person_id,
    min(case count_in when 'floor' then 1 when 'best' then 2 else 3 end) as level
from exposure
where count_in is not null
group by person_id
