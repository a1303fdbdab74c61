-- SPDX-License-Identifier: Apache-2.0
-- told_lines: the rows of copies that hold something, with the key of whom each is about.
-- reads   raw_lines
-- gives   lines: one row per row; group_key is null where it names nobody
-- A row without a number is a person's by name, birth date and contact: two numbers are not told apart so.
with numbered as (
    select
        * exclude (registry),
        case when person is null then files else registry end as registry,
        coalesce(nir, ins) is not null as has_number,
        coalesce(family_name, used_name) is not null
            and given_names is not null
            and birth_date is not null as has_birth
    from raw_lines
    where mask <> 0
)
select
    copy,
    origin,
    files,
    registry,
    line,
    mask,
    person,
    nir,
    ins,
    family_name,
    used_name,
    given_names,
    sex,
    birth_date,
    birth_place,
    phone,
    email,
    case
        when registry <> files then person
        when person is not null then 'l' || person
        when has_number or has_birth then
            concat_ws(
                '|',
                coalesce(nir, '-'),
                coalesce(ins, '-'),
                coalesce(upper(strip_accents(family_name)), '-'),
                coalesce(upper(strip_accents(used_name)), '-'),
                coalesce(upper(strip_accents(given_names)), '-'),
                coalesce(cast(birth_date as varchar), '-'),
                coalesce(sex, '-'),
                coalesce(birth_place, '-'),
                case when has_number then '-' else coalesce(phone, '-') end,
                case when has_number then '-' else coalesce(email, '-') end
            )
    end as group_key
from numbered
