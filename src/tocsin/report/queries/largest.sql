-- SPDX-License-Identifier: Apache-2.0
-- largest: the most persons that one event of a source disclosed, whatever the count that they enter.
-- reads   shown, files
-- gives   largest: one row per source that disclosed anything

with

named as (
    select distinct
        event_id,
        sure_id
    from shown
    -- Encrypted data and test identities are in no count, and were disclosed all the same.
    where certainty < 6
),

sizes as (
    select
        event_id,
        count(*) as persons
    from named
    group by event_id
)

select
    f.source,
    max(s.persons) as persons
from sizes as s
join files as f
  on f.file_number = s.event_id >> 40
group by f.source
