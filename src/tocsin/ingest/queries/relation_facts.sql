-- SPDX-License-Identifier: Apache-2.0
-- relation_facts: what was read of the relations, left out, and kept although it is odd.
--   An account is unknown when a directory stands and names nobody like it; so with persons and registries.
-- reads   relation_rows, registry, accounts
-- gives   relation_facts: one row per table of relations and fact
-- binds   (none)
with

kept as (
    select *
    from relation_rows
    where fate = 'kept'
),

runs as (
    select
        relations,
        from_at,
        lag(coalesce(until_at, timestamptz 'infinity')) over (
            partition by relations, registry, person, account, professional_id, organisation, kind
            order by from_at nulls first, until_at
        ) as before_until
    from kept
),

known_persons as (
    select distinct registry, person
    from registry
),

known_actors as (
    select 'account' as kind, account as name from accounts
    union
    select 'professional_id' as kind, professional_id as name from accounts
    union
    select 'organisation' as kind, organisation as name from accounts
),

named_actors as (
    select relations, 'account' as kind, account as name from kept where account is not null
    union all
    select relations, 'professional_id' as kind, professional_id as name from kept where professional_id is not null
    union all
    select relations, 'organisation' as kind, organisation as name from kept where organisation is not null
),

facts as (
    select relations, 'read' as fact from relation_rows
    union all
    select relations, fate as fact from relation_rows
    union all
    select relations, 'overlapping' as fact
    from runs
    where before_until > coalesce(from_at, timestamptz '-infinity')
    union all
    select k.relations, 'unknown_person' as fact
    from kept as k
    anti join known_persons as p
      on p.person = k.person
     and p.registry = coalesce(k.registry, p.registry)
    where exists (select 1 from registry)
    union all
    select n.relations, 'unknown_account' as fact
    from named_actors as n
    anti join known_actors as a
      on a.kind = n.kind
     and a.name = n.name
    where n.kind in (select kind from known_actors where name is not null)
)

select
    relations,
    fact,
    count(*) as "rows"
from facts
group by relations, fact
