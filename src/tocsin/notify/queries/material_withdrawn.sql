-- SPDX-License-Identifier: Apache-2.0
-- material_withdrawn: what the notices of persons who are concerned no more are written from.
--   What may still have been seen of them is not sure; of most there is nothing.
-- reads   withdrawn, controllers, wanted
-- gives   one row per person wanted, as material

with

named as (
    select
        controller,
        min(name) as name
    from controllers
    group by controller
),

known_through as (
    select
        r.person_id,
        list(distinct n.name order by n.name) as names
    from withdrawn as r
    cross join unnest(r.controllers) as c(controller)
    join named as n
      on n.controller = c.controller
    group by r.person_id
)

select
    r.person_id,
    r.addressee,
    r.facts,
    r.name,
    r.email,
    r.lines,
    list_filter(coalesce(k.names, cast([] as varchar[])), lambda name: name is not null) as controllers,
    r.categories,
    list_transform(r.categories, lambda one: 'reachable') as certainties,
    (cast(r.days[1] as timestamp) + interval 12 hour) at time zone 'UTC' as first_at,
    (cast(r.days[2] as timestamp) + interval 12 hour) at time zone 'UTC' as last_at
from withdrawn as r
join wanted as w
  on w.person_id = r.person_id
left join known_through as k
  on k.person_id = r.person_id
order by r.person_id
