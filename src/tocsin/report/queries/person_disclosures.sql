-- SPDX-License-Identifier: Apache-2.0
-- person_disclosures: what was disclosed of one person, access by access.
-- reads   disclosures, persons, events, files, judged
-- gives   one row per event, local id, record and category
-- binds   $person_id

with

mine as (
    select
        registry,
        person
    from persons
    where person_id = $person_id
),

paths as (
    select
        file_number,
        min(path) as path
    from files
    where not coalesce(duplicate, false)
    group by file_number
)

select
    d.occurred_at,
    d.category,
    d.certainty,
    d.exact,
    d.protection,
    d.count_in,
    d.action,
    d.registry,
    d.person,
    d.record_type,
    d.record,
    d.controller,
    d.data_from,
    d.data_until,
    e.account,
    j.verdict,
    j.p,
    e.source,
    p.path as file,
    e.line_number,
    d.event_id
from disclosures as d
join mine as m
  on m.registry is not distinct from d.registry
 and m.person = d.person
left join events as e
  on e.event_id = d.event_id
left join judged as j
  on j.event_id = d.event_id
left join paths as p
  on p.file_number = e.file_number
order by
    d.occurred_at,
    d.event_id,
    d.registry nulls first,
    d.person,
    d.record_type nulls first,
    d.record nulls first,
    d.category,
    d.certainty
