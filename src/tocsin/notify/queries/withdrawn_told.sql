-- SPDX-License-Identifier: Apache-2.0
-- withdrawn_told: who was written to and is no longer to inform, with what of them may still have been seen.
--   Holders of accounts are not among them: what became of an account is for whoever judges it to tell.
-- reads   latest, told, exposure
-- gives   withdrawn_told: one row per person, as told

select
    l.person_id,
    cast(null as varchar) as account,
    coalesce(list(e.category order by e.category) filter (where e.category is not null), []) as categories,
    coalesce(list(e.certainty order by e.category) filter (where e.category is not null), []) as certainties,
    min(e.first_at) as first_at,
    max(e.last_at) as last_at,
    first(l.days) as days,
    coalesce(
        list_sort(list_distinct(flatten(list(coalesce(e.controllers, cast([] as varchar[])))))),
        cast([] as varchar[])
    ) as controllers,
    'withdrawn' as facts
from latest as l
left join exposure as e
  on e.person_id = l.person_id
where l.channel not in ('none', 'suppressed')
  and l.why is distinct from 'withdrawn'
  and l.person_id > 0
  and not exists (
      select 1
      from told as t
      where t.person_id = l.person_id
  )
group by l.person_id
