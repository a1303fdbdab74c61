-- SPDX-License-Identifier: Apache-2.0
-- material: what the notices of some persons are written from.
-- reads   recipients, exposure, controllers, wanted
-- gives   one row per person wanted, by number
-- binds   $levels

with

shown as (
    select
        e.person_id,
        list(e.category order by e.category) as categories,
        list(e.certainty order by e.category) as certainties,
        min(e.first_at) as first_at,
        max(e.last_at) as last_at
    from exposure as e
    join wanted as w
      on w.person_id = e.person_id
    where list_contains($levels, e.count_in)
    group by e.person_id
),

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
    from recipients as r
    join wanted as w
      on w.person_id = r.person_id
    cross join unnest(r.controllers) as c(controller)
    left join named as n
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
    s.categories,
    s.certainties,
    s.first_at,
    s.last_at
from recipients as r
join wanted as w
  on w.person_id = r.person_id
join shown as s
  on s.person_id = r.person_id
left join known_through as k
  on k.person_id = r.person_id
order by r.person_id
