-- SPDX-License-Identifier: Apache-2.0
-- sample_keys: what the rows of the sample compare by, in the spelling of the registries.
-- reads   sample_row
-- gives   sample_keys: one row per row of the sample; null where it says nothing
select
    row,
    person,
    record,
    record_type,
    nullif(left(regexp_replace(upper(nir), '[^0-9A-Z]', '', 'g'), 13), '') as nir,
    nullif(left(regexp_replace(upper(ins), '[^0-9A-Z]', '', 'g'), 13), '') as ins,
    coalesce(
        try_cast(left(birth_date, 10) as date),
        try_strptime(birth_date, ['%d/%m/%Y', '%d-%m-%Y', '%d.%m.%Y', '%Y%m%d'])::date
    ) as birth_date,
    nullif(trim(regexp_replace(lower(strip_accents(family_name)), '[^a-z]+', ' ', 'g')), '') as family_name,
    nullif(trim(regexp_replace(lower(strip_accents(used_name)), '[^a-z]+', ' ', 'g')), '') as used_name,
    nullif(trim(regexp_replace(lower(strip_accents(given_names)), '[^a-z]+', ' ', 'g')), '') as given_names,
    lower(email) as email,
    nullif(right(regexp_replace(phone, '[^0-9]', '', 'g'), 9), '') as phone,
    lower(left(sex, 1)) as sex,
    birth_place
from sample_row
