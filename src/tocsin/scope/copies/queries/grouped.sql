-- SPDX-License-Identifier: Apache-2.0
-- grouped: whom the rows of the copies name, each under one local id: where it first stands.
-- reads   lines
-- gives   grouped: one row per [[files]] and person; of a row that names nobody, one of its own
with keyed as (
    select
        *,
        coalesce(group_key, '?' || cast(copy as varchar) || '-' || cast(line as varchar)) as person_key,
        group_key is not null as named
    from lines
)
select
    files,
    registry,
    person_key,
    bool_or(named) as named,
    coalesce(min(person), arg_min(origin || cast(line as varchar), (copy, line))) as person,
    min(nir) as nir,
    min(ins) as ins,
    min(family_name) as family_name,
    min(used_name) as used_name,
    min(given_names) as given_names,
    min(sex) as sex,
    min(birth_date) as birth_date,
    min(birth_place) as birth_place,
    min(phone) as phone,
    min(email) as email
from keyed
group by
    files,
    registry,
    person_key
