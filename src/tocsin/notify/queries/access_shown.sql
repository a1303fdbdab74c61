-- SPDX-License-Identifier: Apache-2.0
-- access_shown: which data of one person were shown, and how sure that is.
-- reads   access_files, disclosures
-- gives   one row per category; grade 1 taken, 2 shown, 3 very probably, 4 perhaps, 5 in no readable form

select
    d.category,
    min(
        case
            when d.count_in is null then 5
            when d.certainty = 'taken' then 1
            when d.certainty = 'shown' then 2
            when d.certainty = 'reconstructed' then 3
            else 4
        end
    ) as grade,
    count(distinct d.event_id) as accesses,
    min(d.occurred_at) as first_at,
    max(d.occurred_at) as last_at
from disclosures as d
join access_files as f
  on f.registry is not distinct from d.registry
 and f.person = d.person
where f.is_sure
  and (d.count_in is not null or d.protection <> 'clear')
group by d.category
order by d.category
