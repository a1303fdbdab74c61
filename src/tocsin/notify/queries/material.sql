-- SPDX-License-Identifier: Apache-2.0
-- material: what the notices of some persons are written from.
--   Of whoever is told although no count holds them (a session that may be the owner's), nothing is sure.
-- reads   recipients, exposure, controllers, wanted
-- gives   one row per person wanted, by number
-- binds   $levels

with

held as (
    select
        e.*,
        list_contains($levels, e.count_in) as is_held,
        bool_or(list_contains($levels, e.count_in)) over (partition by e.person_id) as is_counted
    from exposure as e
    join wanted as w
      on w.person_id = e.person_id
),

shown as (
    select
        person_id,
        list(category order by category) as categories,
        list(case when is_held then certainty else 'reachable' end order by category) as certainties,
        min(first_at) as first_at,
        max(last_at) as last_at
    from held
    where is_held or not is_counted
    group by person_id
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
    r.kind,
    r.addressee,
    r.facts,
    r.name,
    r.email,
    r.lines,
    r.phone,
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
