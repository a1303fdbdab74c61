-- SPDX-License-Identifier: Apache-2.0
-- outsiders: local ids disclosed that their registry has not, and those numbered once and seen no more.
-- reads   disclosures, numbered, persons
-- gives   outsiders: one row per registry and local id
-- binds   $last

with

disclosed as (
    select distinct
        registry,
        person
    from disclosures
    where person is not null
),

found as (
    select distinct
        n.registry,
        n.person
    from numbered as n
    semi join disclosed as d
      on d.registry = n.registry
     and d.person = n.person
),

absent as (
    select
        d.registry,
        d.person
    from disclosed as d
    anti join found as f
      on f.registry = d.registry
     and f.person = d.person
),

known as (
    select
        p.registry,
        p.person,
        p.own_id
    from persons as p
    anti join numbered as n
      on n.own_id = p.own_id
)

select
    coalesce(a.registry, k.registry) as registry,
    coalesce(a.person, k.person) as person,
    coalesce(
        k.own_id,
        $last + row_number() over (partition by k.own_id is null order by a.registry nulls first, a.person)
    )::bigint as own_id,
    case when a.person is null then 'gone' else 'not_in_registry' end as reason
from absent as a
full join known as k
  on k.registry is not distinct from a.registry
 and k.person = a.person
