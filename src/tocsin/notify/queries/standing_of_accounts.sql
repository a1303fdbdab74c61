-- SPDX-License-Identifier: Apache-2.0
-- standing_of_accounts: who everybody is to whoever writes, holders of stolen accounts as well.
-- reads   standing, usurped, files_told, professional_registries
-- gives   standing: one row per person or holder to inform; kind says which notice is theirs
-- binds   $unseen

with

professionals as (
    select f.person_id
    from files_told as f
    left join professional_registries as p
      on p.registry = f.registry
    group by f.person_id
    having bool_and(p.registry is not null)
)

select
    s.*,
    case
        when p.person_id is not null then 'professional'
        else 'person'
    end as kind
from standing as s
left join professionals as p
  on p.person_id = s.person_id
union all by name
select
    person_id,
    'account' as kind,
    account as person,
    true as in_registry,
    false as is_deceased,
    false as is_minor,
    trim(regexp_replace(coalesce(name, ''), $unseen, ' ', 'g')) as name
from usurped
