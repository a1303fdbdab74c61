-- SPDX-License-Identifier: Apache-2.0
-- local_ids: every local id with its number; a number once given stays.
-- reads   registry, disclosures, persons
-- gives   local_ids: one row per registry and local id, numbered 1 to n in the order of the ledger
-- binds   $last

with

disclosed as (
    select distinct
        registry,
        person
    from disclosures
    where person is not null
),

seen as (
    select
        registry,
        person,
        0 as place,
        null::bigint as known_id
    from registry
    where person is not null
    union all
    select
        registry,
        person,
        1,
        null
    from disclosed
    union all
    select
        registry,
        person,
        2,
        own_id
    from persons
),

places as (
    select
        registry,
        person,
        min(place) as place,
        max(known_id) as known_id
    from seen
    group by
        registry,
        person
)

select
    registry,
    person,
    place::tinyint as place,
    coalesce(
        known_id,
        $last + row_number() over (partition by known_id is null order by place, registry nulls first, person)
    )::bigint as own_id
from places
