-- SPDX-License-Identifier: Apache-2.0
-- column_shapes: what the values of one column look like.
-- reads   sample_values
-- gives   one row of numbers
with texts as (
    select
        row,
        value,
        regexp_replace(upper(value), '[^0-9A-Z]', '', 'g') as bare
    from sample_values
    where value is not null
),
-- Corsica counts as 19 or 18 in the key of a NIR.
numbers as (
    select
        *,
        case
            when regexp_full_match(bare, '[1-8][0-9]{4}([0-9]{2}|2[AB])[0-9]{6}([0-9]{2})?')
                then try_cast(
                    left(bare, 5)
                    || case substr(bare, 6, 2) when '2A' then '19' when '2B' then '18' else substr(bare, 6, 2) end
                    || substr(bare, 8, 6) as bigint
                )
        end as nir
    from texts
)
select
    cast(count(*) as bigint) as filled,
    cast(count(distinct value) as bigint) as distinct_values,
    cast(count(*) filter (
        where nir is not null
            and (length(bare) = 13 or try_cast(right(bare, 2) as bigint) = 97 - nir % 97)
    ) as bigint) as is_nir,
    cast(count(*) filter (
        where regexp_full_match(value, '(18|19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}([T ].*)?')
            or regexp_full_match(value, '[0-9]{2}[/.-][0-9]{2}[/.-](18|19|20)[0-9]{2}')
            or regexp_full_match(value, '(18|19|20)[0-9]{2}(0[1-9]|1[0-2])[0-3][0-9]')
    ) as bigint) as is_birth_date,
    cast(count(*) filter (
        where regexp_full_match(value, '(([+]|00)[0-9]{2} ?[(]?0?[)]? ?|0)[1-9]([ ./-]?[0-9]{2}){4}')
            or regexp_full_match(value, '[+][0-9][0-9 ./-]{7,16}')
    ) as bigint) as is_phone,
    cast(count(*) filter (
        where regexp_full_match(value, '[^@[:space:]]+@[^@[:space:]]+[.][^@[:space:]]+')
    ) as bigint) as is_email,
    cast(count(*) filter (where try_cast(value as bigint) in (row, row - 1)) as bigint) as is_row_number
from numbers
