-- SPDX-License-Identifier: Apache-2.0
-- registry_origins: what each registry holds of the sample's persons, as if it had been taken whole.
-- reads   registry, registry_keys, sample_people
-- gives   one row per registry
with held as (
    select
        k.registry,
        cast(count(distinct k.person_id) as bigint) as persons,
        cast(count(distinct p.person_id) as bigint) as in_sample
    from registry_keys as k
    left join sample_people as p
        on p.person_id = k.person_id
    group by k.registry
),
filled as (
    select
        registry,
        bool_or(nir is not null) as nir,
        bool_or(ins is not null) as ins,
        bool_or(coalesce(family_name, used_name, given_names) is not null) as name,
        bool_or(sex is not null) as sex,
        bool_or(birth_date is not null) as birth_date,
        bool_or(birth_place is not null) as birth_place,
        bool_or(phone is not null) as phone,
        bool_or(email is not null) as email,
        bool_or(address is not null) as address
    from registry
    group by registry
)
select
    h.registry,
    h.persons,
    h.in_sample,
    list_filter(
        [
            'id.local',
            case when f.nir then 'id.nir' end,
            case when f.ins then 'id.ins' end,
            case when f.name then 'identity.name' end,
            case when f.sex then 'identity.sex' end,
            case when f.birth_date then 'identity.birth_date' end,
            case when f.birth_place then 'identity.birth_place' end,
            case when f.phone then 'contact.phone' end,
            case when f.email then 'contact.email' end,
            case when f.address then 'contact.address' end
        ],
        lambda category: category is not null
    ) as categories
from held as h
inner join filled as f
    on f.registry = h.registry
order by h.registry
