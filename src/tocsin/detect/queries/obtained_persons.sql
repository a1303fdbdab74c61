-- SPDX-License-Identifier: Apache-2.0
-- obtained_persons: whom each access obtained, through the log's own names or through a record.
-- reads   obtained, records
-- gives   obtained_persons: one row per event, account and local id
-- binds   (none)

with

named as (
    select account, event_id, occurred_at, person
    from obtained
    where person is not null
    union all
    select account, event_id, occurred_at, unnest(persons) as person
    from obtained
    where persons is not null
    union all
    select o.account, o.event_id, o.occurred_at, r.person
    from obtained as o
    join records as r
      on r.record = o.record
     and r.record_type = o.record_type
    where o.record is not null
      and r.person is not null
)

select account, event_id, occurred_at, person
from named
where person is not null
