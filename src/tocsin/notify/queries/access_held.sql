-- SPDX-License-Identifier: Apache-2.0
-- access_held: what registries of the case hold of one person, in each period of validity.
-- reads   access_files, registry, controllers
-- gives   one row per registry, local id and period

with

named as (
    select
        controller,
        min(name) as name
    from controllers
    group by controller
)

select distinct
    f.registry,
    f.person,
    coalesce(c.name, r.controller) as controller,
    r.nir,
    r.ins,
    r.family_name,
    r.used_name,
    r.given_names,
    r.sex,
    cast(r.birth_date as varchar) as birth_date,
    r.birth_place,
    r.phone,
    r.email,
    r.address,
    r.guardian is not null as has_guardian,
    cast(cast(r.valid_from as date) as varchar) as valid_from,
    cast(cast(r.valid_until as date) as varchar) as valid_until
from access_files as f
left join registry as r
  on r.registry = f.registry
 and r.person = f.person
left join named as c
  on c.controller = r.controller
where f.is_sure
order by all
