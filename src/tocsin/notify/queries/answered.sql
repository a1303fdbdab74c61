-- SPDX-License-Identifier: Apache-2.0
-- answered: what the answers of each person come to, the last one holding; closed ones bind no more.
--   A file that was joined with another since takes its answers along.
-- reads   answers, persons
-- gives   answered: one row per person who answered; route is moved, guardian or not_me
-- binds   $closed

with

open as (
    select
        coalesce(p.person_id, a.person_id) as person_id,
        a.number,
        a.answer,
        a.holder,
        a.email,
        a.address
    from answers as a
    left join persons as p
      on p.own_id = a.person_id
    where not list_contains($closed, a.number)
),

routed as (
    select
        person_id,
        max(number) as number,
        max_by(answer, number) as route,
        max_by(struct_pack(holder := holder, email := email, address := address), number) as way
    from open
    where answer in ('moved', 'guardian', 'not_me')
    group by person_id
),

summed as (
    select
        person_id,
        bool_or(answer = 'deceased') as is_deceased,
        max(number) filter (where answer = 'do_not_write') as refused
    from open
    group by person_id
)

select
    s.person_id,
    s.is_deceased,
    coalesce(s.refused > coalesce(r.number, 0), false) as asks_for_nothing,
    r.route,
    case when r.route <> 'not_me' then r.number end as number,
    r.way.holder as holder,
    r.way.email as email,
    r.way.address as address
from summed as s
left join routed as r
  on r.person_id = s.person_id
