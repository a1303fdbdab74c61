-- SPDX-License-Identifier: Apache-2.0
-- person_links: which names a relation joins to a person, and when: those that hold at all times, or the others.
--   A relation belongs to a registry: the same number in another one is somebody else.
-- reads   relations, link_templates, actor_keys
-- gives   person_links: one row per name, person and period
-- binds   $several, $is_dated
with

named as (
    select 'account' as kind, account as name, relations, registry, person, from_at, until_at
    from relations
    where account is not null
    union all
    select 'professional_id' as kind, professional_id as name, relations, registry, person, from_at, until_at
    from relations
    where professional_id is not null
    union all
    select 'organisation' as kind, organisation as name, relations, registry, person, from_at, until_at
    from relations
    where organisation is not null
    union all
    select distinct 'own' as kind, name, null as relations, registry, name as person, null as from_at, null as until_at
    from actor_keys
    where kind = 'own'
),

keys as (
    select distinct kind, name, key
    from actor_keys
)

select
    k.key,
    hash(case when cast($several as boolean) then n.registry else '' end, n.person) as number,
    t.template,
    n.from_at,
    n.until_at
from named as n
join link_templates as t
  on t.relations is not distinct from n.relations
join keys as k
  on k.kind = n.kind
 and k.name = n.name
where n.person is not null
  and (n.from_at is not null or n.until_at is not null) = cast($is_dated as boolean)
  and (n.registry is not null or not cast($several as boolean))
