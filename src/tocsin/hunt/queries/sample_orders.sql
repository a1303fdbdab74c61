-- SPDX-License-Identifier: Apache-2.0
-- sample_orders: by what the rows of the sample are in order: the share of neighbours that follow it.
-- reads   sample_keys
-- gives   one row; null where fewer than two rows say it
with paired as (
    select
        person >= lag(person) over (order by row) as person,
        record >= lag(record) over (order by row) as record,
        family_name >= lag(family_name) over (order by row) as family_name,
        birth_date >= lag(birth_date) over (order by row) as birth_date,
        nir >= lag(nir) over (order by row) as nir
    from sample_keys
)
select
    avg(person::integer) as local_id,
    avg(record::integer) as record,
    avg(family_name::integer) as family_name,
    avg(birth_date::integer) as birth_date,
    avg(nir::integer) as nir
from paired
