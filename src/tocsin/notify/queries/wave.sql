-- SPDX-License-Identifier: Apache-2.0
-- wave: the next wave: whoever is new, whoever has other facts or another way, whoever is concerned no more.
--   Who is concerned no more is written to, once, when something of an earlier notice left; else there is nothing
--   to put right.
-- reads   moved_on, withdrawn, unread, latest
-- gives   one row per person of the next wave, by number

select
    person_id,
    channel,
    reason,
    why,
    answer,
    facts,
    categories,
    certainties,
    days
from moved_on
where why is not null
union all
select
    w.person_id,
    case when u.person_id is null then w.channel else 'suppressed' end as channel,
    case when u.person_id is null then w.reason else 'nothing_left' end as reason,
    'withdrawn' as why,
    null as answer,
    w.facts,
    w.categories,
    w.certainties,
    w.days
from withdrawn as w
left join unread as u
  on u.person_id = w.person_id
left join latest as l
  on l.person_id = w.person_id
where l.why is distinct from 'withdrawn'
order by person_id
