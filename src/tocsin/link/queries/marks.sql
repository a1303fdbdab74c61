-- SPDX-License-Identifier: Apache-2.0
-- marks: the numbers and traits of each local id, as compared; a number read from text is an integer from here on.
-- reads   registry, local_ids
-- gives   marks: one row per registry row that has a NIR or an INS

with

parts as (
    select
        registry,
        person,
        birth_date,
        birth_rank,
        given_names,
        nir,
        split_part(ins, '^', 1) as ins,
        coalesce(ins_oid, nullif(split_part(split_part(ins, '^', 4), '&', 2), '')) as oid
    from registry
    where nir is not null
       or ins is not null
),

-- What is digits alone needs no cleaning: nearly every number.
texts as (
    select
        *,
        case
            when translate(nir, '0123456789', '') = '' then nir
            else nullif(regexp_replace(upper(nir), '[^0-9A-Z]', '', 'g'), '')
        end as nir_text,
        case
            when translate(ins, '0123456789', '') = '' then ins
            else nullif(regexp_replace(upper(ins), '[^0-9A-Z]', '', 'g'), '')
        end as ins_text
    from parts
),

-- Corsica counts as 19 or 18 in the key; a digit before keeps 2A, 2B and department 19 apart.
digits as (
    select
        *,
        case substr(nir_text, 6, 2)
            when '2A' then '1' || left(nir_text, 5) || '19' || substr(nir_text, 8)
            when '2B' then '2' || left(nir_text, 5) || '18' || substr(nir_text, 8)
            else '0' || nir_text
        end as nir_digits,
        case substr(ins_text, 6, 2)
            when '2A' then '1' || left(ins_text, 5) || '19' || substr(ins_text, 8)
            when '2B' then '2' || left(ins_text, 5) || '18' || substr(ins_text, 8)
            else '0' || ins_text
        end as ins_digits
    from texts
),

numbers as (
    select
        *,
        case
            when length(nir_text) in (13, 15)
             and not contains(nir_text, 'E')
            then try_cast(left(nir_digits, 14) as bigint)
        end as nir_number,
        case
            when length(ins_text) in (13, 15)
             and not contains(ins_text, 'E')
            then try_cast(left(ins_digits, 14) as bigint)
        end as ins_number,
        try_cast(nullif(substr(nir_digits, 15), '') as tinyint) as nir_key,
        try_cast(nullif(substr(ins_digits, 15), '') as tinyint) as ins_key
    from digits
),

-- A NIR begins with 1 to 8; a digit and naughts, or the same digit thirteen times, stand for none.
shapes as (
    select
        *,
        nir_number % 10000000000000 between 1000000000001 and 8999999999999
            and nir_number % 1000000000000 <> 0
            and nir_number % 1111111111111 <> 0
            and (nir_key is not null or length(nir_text) = 13) as nir_holds,
        ins_number % 10000000000000 between 1000000000001 and 8999999999999
            and ins_number % 1000000000000 <> 0
            and ins_number % 1111111111111 <> 0
            and (ins_key is not null or length(ins_text) = 13) as ins_holds
    from numbers
)

select
    l.own_id,
    case when s.nir_holds then s.nir_number end as nir,
    case when s.ins_holds then s.ins_number end as ins,
    case when s.ins_holds then s.ins_key end as ins_key,
    case
        when s.oid not in ('1.2.250.1.213.1.4.8', '1.2.250.1.213.1.4.9') then s.oid
    end as ins_authority,
    s.birth_date,
    s.birth_rank,
    s.given_names,
    coalesce(
        s.oid in ('1.2.250.1.213.1.4.10', '1.2.250.1.213.1.4.11') and s.ins_text is not null, false
    ) as is_test,
    (s.nir_text is not null and not coalesce(s.nir_holds, false))
        or (s.ins_text is not null and not coalesce(s.ins_holds, false))
        or coalesce(s.nir_key <> 97 - s.nir_number % 10000000000000 % 97, false)
        or coalesce(s.ins_key <> 97 - s.ins_number % 10000000000000 % 97, false) as has_false_key
from shapes as s
join local_ids as l
  on l.registry = s.registry
 and l.person = s.person
