-- SPDX-License-Identifier: Apache-2.0
-- behind_persons: the events whose disclosures enter a count of persons, or give persons their strongest certainty.
-- reads   shown, category_numbers, controller_numbers
-- gives   behind: one row per event
-- binds   $level, $category, $certainty, $controller

with

strongest as (
    select
        person_id,
        min(certainty) as certainty
    from shown
    where level is not null
    group by person_id
)

select distinct s.event_id
from shown as s
join strongest as m
  on m.person_id = s.person_id
join category_numbers as n
  on n.number = s.category
left join controller_numbers as c
  on c.number = s.controller
where s.level <= $level
  and ($category is null or n.category = $category)
  and ($controller is null or c.controller = $controller)
  and (
      $certainty is null
      or (s.certainty = m.certainty and m.certainty = list_position(
          ['taken', 'shown', 'reconstructed', 'reachable', 'unassessable', 'excluded'], $certainty
      ))
  )
