-- SPDX-License-Identifier: Apache-2.0
-- behind_nameless: the events that showed records of which nobody knows whose they are, and those unresolved.
-- reads   disclosures, unresolved
-- gives   behind: one row per event
-- binds   $category, $with_nameless, $with_unresolved

select event_id
from disclosures
where person is null
  and record is not null
  and count_in is not null
  and $with_nameless
  and ($category is null or category = $category)
union
select event_id
from unresolved
where $with_unresolved
  and (
      $category is null
      or reason = 'no_rule'
      or categories is null
      or list_contains(categories, $category)
  )
