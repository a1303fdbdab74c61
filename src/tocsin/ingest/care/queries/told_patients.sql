-- SPDX-License-Identifier: Apache-2.0
-- told_patients: whom each message or resource is about, as registry and local id.
--   An identifier belongs to the registry whose domain is its assigning authority; a person with identifiers in
--   two registries is named in both. What names no authority (or any, where no domain is declared) is of the
--   registry that the relations name, or of the only one: of several, the one called internal (PI), else the first.
-- reads   told_identifiers, relation_domains
-- gives   told_patients: one row per message, part (patient or prior), registry and person
-- binds   $registry, $has_domain
with

known as (
    select
        i.message,
        i.part,
        d.registry,
        i.id as person
    from told_identifiers as i
    join relation_domains as d
      on d.domain in (i.name, i.oid)
),

bare as (
    select
        message,
        part,
        cast($registry as varchar) as registry,
        id as person
    from told_identifiers as i
    where (not cast($has_domain as boolean) or (name = '' and oid = ''))
      and not exists (select 1 from known as k where k.message = i.message and k.part = i.part)
    qualify row_number() over (partition by message, part order by kind <> 'PI', place) = 1
)

select distinct message, part, registry, person
from known
union all
select message, part, registry, person
from bare
where cast($registry as varchar) is not null
   or not exists (select 1 from relation_domains)
