-- SPDX-License-Identifier: Apache-2.0
-- binding: answers that bind what has not left yet, and whether it was a representative who was written to.
-- reads   answers, notices
-- gives   one row per answer that is not closed
-- binds   $closed

with

written as (
    select
        a.number,
        max_by(n.reason, n.wave) = 'representative' as is_represented
    from answers as a
    join notices as n
      on n.person_id = a.person_id
     and n.wave <= a.wave
    group by a.number
)

select
    a.number,
    a.person_id,
    a.answer,
    a.origin,
    a.wave,
    coalesce(w.is_represented, false) as is_represented
from answers as a
left join written as w
  on w.number = a.number
where not list_contains($closed, a.number)
order by a.number
