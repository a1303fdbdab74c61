-- SPDX-License-Identifier: Apache-2.0
-- registry_keys: what the rows of the registries compare by, in one spelling, with their person.
-- reads   registry, persons
-- gives   registry_keys: one row per registry, local id and period; null where nothing is held
select
    r.registry,
    r.person,
    p.person_id,
    -- In `in (…)` a null would make a doubt of every absence.
    coalesce(left(regexp_replace(upper(r.nir), '[^0-9A-Z]', '', 'g'), 13), '-') as nir,
    coalesce(left(regexp_replace(upper(r.ins), '[^0-9A-Z]', '', 'g'), 13), '-') as ins,
    coalesce(r.birth_date, date '0001-01-01') as birth_date,
    coalesce(nullif(trim(regexp_replace(lower(strip_accents(r.family_name)), '[^a-z]+', ' ', 'g')), ''), '-') as family_name,
    coalesce(nullif(trim(regexp_replace(lower(strip_accents(r.used_name)), '[^a-z]+', ' ', 'g')), ''), '-') as used_name,
    coalesce(nullif(trim(regexp_replace(lower(strip_accents(r.given_names)), '[^a-z]+', ' ', 'g')), ''), '-') as given_names,
    lower(r.email) as email,
    right(regexp_replace(r.phone, '[^0-9]', '', 'g'), 9) as phone,
    lower(left(r.sex, 1)) as sex,
    r.birth_place,
    r.valid_from,
    r.valid_until
from registry as r
left join persons as p
    on p.registry = r.registry
    and p.person = r.person
