-- SPDX-License-Identifier: Apache-2.0
-- sample_versions: which version of the registry the rows of the sample agree with, and how many values agree.
-- reads   sample_keys, sample_persons_found, registry_keys
-- gives   one row: the moment that all rows agree with lies within [from_at, until_at), where it is not empty
with compared as (
    select
        s.row,
        r.valid_from,
        r.valid_until,
        s.nir = r.nir as nir,
        s.ins = r.ins as ins,
        s.birth_date = r.birth_date as birth_date,
        s.family_name in (r.family_name, r.used_name) as family_name,
        s.used_name in (r.family_name, r.used_name) as used_name,
        starts_with(r.given_names, s.given_names) or starts_with(s.given_names, r.given_names) as given_names,
        s.phone = coalesce(r.phone, '-') as phone,
        s.email = coalesce(r.email, '-') as email,
        s.sex = coalesce(r.sex, '-') as sex,
        s.birth_place = coalesce(r.birth_place, '-') as birth_place
    from sample_persons_found as f
    inner join sample_keys as s
        on s.row = f.row
    inner join registry_keys as r
        on r.person_id = f.person_id
),
agreeing as (
    select
        *,
        coalesce(nir, true)
            and coalesce(ins, true)
            and coalesce(birth_date, true)
            and coalesce(family_name, true)
            and coalesce(used_name, true)
            and coalesce(given_names, true)
            and coalesce(phone, true)
            and coalesce(email, true)
            and coalesce(sex, true)
            and coalesce(birth_place, true) as agrees
    from compared
),
per_row as (
    select
        row,
        bool_or(agrees) as agrees,
        -- A version without a beginning holds from always, one without an end for ever.
        min(coalesce(valid_from, timestamptz '-infinity')) filter (where agrees) as from_at,
        max(coalesce(valid_until, timestamptz 'infinity')) filter (where agrees) as until_at,
        bool_or(nir) as nir,
        bool_or(ins) as ins,
        bool_or(birth_date) as birth_date,
        bool_or(family_name) as family_name,
        bool_or(used_name) as used_name,
        bool_or(given_names) as given_names,
        bool_or(phone) as phone,
        bool_or(email) as email,
        bool_or(sex) as sex,
        bool_or(birth_place) as birth_place
    from agreeing
    group by row
)
select
    cast(count(*) filter (where agrees) as bigint) as agreeing_rows,
    cast(count(*) as bigint) as compared_rows,
    nullif(max(from_at), timestamptz '-infinity') as from_at,
    nullif(min(until_at), timestamptz 'infinity') as until_at,
    coalesce(max(from_at) < min(until_at), false) as is_one_moment,
    cast(count(*) filter (where nir) as bigint) as nir,
    cast(count(nir) as bigint) as nir_of,
    cast(count(*) filter (where ins) as bigint) as ins,
    cast(count(ins) as bigint) as ins_of,
    cast(count(*) filter (where birth_date) as bigint) as birth_date,
    cast(count(birth_date) as bigint) as birth_date_of,
    cast(count(*) filter (where family_name) as bigint) as family_name,
    cast(count(family_name) as bigint) as family_name_of,
    cast(count(*) filter (where used_name) as bigint) as used_name,
    cast(count(used_name) as bigint) as used_name_of,
    cast(count(*) filter (where given_names) as bigint) as given_names,
    cast(count(given_names) as bigint) as given_names_of,
    cast(count(*) filter (where phone) as bigint) as phone,
    cast(count(phone) as bigint) as phone_of,
    cast(count(*) filter (where email) as bigint) as email,
    cast(count(email) as bigint) as email_of,
    cast(count(*) filter (where sex) as bigint) as sex,
    cast(count(sex) as bigint) as sex_of,
    cast(count(*) filter (where birth_place) as bigint) as birth_place,
    cast(count(birth_place) as bigint) as birth_place_of
from per_row
