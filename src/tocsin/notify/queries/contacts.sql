-- SPDX-License-Identifier: Apache-2.0
-- contacts: every mailbox, address and telephone of whoever is written to, as given; an answer goes before.
--   Whoever moved keeps the mailbox, unless another one was given. What reached somebody else is not used.
-- reads   files_told, standing, registry, answered
-- gives   contacts: one row per person to inform and row of whoever is written to; rank 1 holds now, 0 was told

with

given as (
    select
        f.person_id,
        f.email,
        f.address,
        f.phone,
        null as holder_name,
        f.rank
    from files_told as f
    join standing as s
      on s.person_id = f.person_id
    where s.guardian is null
    union all
    select
        s.person_id,
        r.email,
        r.address,
        r.phone,
        concat_ws(' ', r.given_names, coalesce(r.used_name, r.family_name)) as holder_name,
        row_number() over (
            partition by s.person_id
            order by
                r.valid_until desc nulls first,
                r.valid_from desc nulls last,
                r.controller
        ) as rank
    from standing as s
    join registry as r
      on r.registry = s.guardian_registry
     and r.person = s.guardian
)

select
    g.person_id,
    case
        when a.route is null or (a.route = 'moved' and a.email is null) then g.email
    end as email,
    case when a.route is null then g.address end as address,
    case when a.route is distinct from 'not_me' then g.phone end as phone,
    g.holder_name,
    g.rank
from given as g
left join answered as a
  on a.person_id = g.person_id
union all
select
    s.person_id,
    a.email,
    a.address,
    null as phone,
    a.holder as holder_name,
    0 as rank
from answered as a
join standing as s
  on s.person_id = a.person_id
where a.route in ('moved', 'guardian')
