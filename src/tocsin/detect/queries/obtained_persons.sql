-- SPDX-License-Identifier: Apache-2.0
-- obtained_persons: whom each access obtained, through the log's own names or through a record.
--   A local id says whose it is only with its registry, once a case has several.
-- reads   obtained, records
-- gives   obtained_persons: one row per event, registry and local id, with what `obtained` keeps of the event
-- binds   $several

with

named as (
    select * exclude (persons, record_type, record)
    from obtained
    where person is not null
    union all
    select * exclude (person, persons, record_type, record), unnest(persons) as person
    from obtained
    where persons is not null
    union all
    select
        o.* exclude (registry, person, persons, record_type, record),
        case when cast($several as boolean) then r.registry else '' end as registry,
        r.person
    from obtained as o
    join records as r
      on r.record = o.record
     and r.record_type = o.record_type
    where o.record is not null
      and r.person is not null
)

select *
from named
where person is not null
