-- SPDX-License-Identifier: Apache-2.0
-- column_known: how many distinct values of one column the registries hold, kind by kind.
-- reads   sample_values, registry_keys
-- gives   one row of numbers
with texts as (
    select distinct value
    from sample_values
    where value is not null
),
keys as (
    select
        value,
        trim(regexp_replace(lower(strip_accents(value)), '[^a-z]+', ' ', 'g')) as name,
        left(regexp_replace(upper(value), '[^0-9A-Z]', '', 'g'), 13) as number,
        coalesce(
            try_cast(left(value, 10) as date),
            try_strptime(value, ['%d/%m/%Y', '%d-%m-%Y', '%d.%m.%Y', '%Y%m%d'])::date
        ) as day
    from texts
)
select
    cast(count(*) filter (where value in (select r.person from registry_keys as r)) as bigint) as person,
    cast(count(*) filter (where number in (select r.nir from registry_keys as r)) as bigint) as nir,
    cast(count(*) filter (where number in (select r.ins from registry_keys as r)) as bigint) as ins,
    cast(count(*) filter (where name in (select r.family_name from registry_keys as r)) as bigint) as family_name,
    cast(count(*) filter (where name in (select r.used_name from registry_keys as r)) as bigint) as used_name,
    cast(count(*) filter (where name in (select r.given_names from registry_keys as r)) as bigint) as given_names,
    cast(count(*) filter (where day in (select r.birth_date from registry_keys as r)) as bigint) as birth_date
from keys
