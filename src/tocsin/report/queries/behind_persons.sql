-- behind_persons: the events whose disclosures enter a count of persons.
-- reads   shown, category_numbers, controller_numbers
-- gives   behind: one row per event
-- binds   $level, $category, $certainty, $controller

select distinct s.event_id
from shown as s
join category_numbers as n
  on n.number = s.category
left join controller_numbers as c
  on c.number = s.controller
where s.level <= $level
  and ($category is null or n.category = $category)
  and ($controller is null or c.controller = $controller)
  and (
      $certainty is null
      or s.certainty = list_position(
          ['taken', 'shown', 'reconstructed', 'reachable', 'unassessable', 'excluded'], $certainty
      )
  )
