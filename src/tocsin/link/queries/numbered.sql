-- SPDX-License-Identifier: Apache-2.0
-- numbered: registry rows with the number of their local id, and what tells persons apart, as compared.
-- reads   registry, authorities, persons
-- gives   numbered: one row per registry row; a local id once numbered keeps its number
-- binds   $last

with

-- What is digits alone needs no cleaning: nearly every number.
texts as (
    select
        registry,
        person,
        birth_date,
        birth_rank,
        given_names,
        coalesce(ins_oid, nullif(split_part(split_part(ins, '^', 4), '&', 2), '')) as oid,
        case
            when regexp_full_match(nir, '[0-9]+') then nir
            else nullif(regexp_replace(upper(nir), '[^0-9A-Z]', '', 'g'), '')
        end as nir_text,
        case
            when regexp_full_match(ins, '[0-9]+') then ins
            else nullif(regexp_replace(upper(split_part(ins, '^', 1)), '[^0-9A-Z]', '', 'g'), '')
        end as ins_text
    from registry
    where person is not null
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

parts as (
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
        coalesce(
            nir_number % 10000000000000 between 1000000000001 and 8999999999999
                and nir_number % 1000000000000 <> 0
                and nir_number % 1111111111111 <> 0
                and (nir_key is not null or length(nir_text) = 13),
            false
        ) as nir_holds,
        coalesce(
            ins_number % 10000000000000 between 1000000000001 and 8999999999999
                and ins_number % 1000000000000 <> 0
                and ins_number % 1111111111111 <> 0
                and (ins_key is not null or length(ins_text) = 13),
            false
        ) as ins_holds
    from parts
),

traits as (
    select
        s.registry,
        s.person,
        k.own_id as known_id,
        case when s.nir_holds then s.nir_number end as nir,
        case when s.ins_holds then s.ins_number end as ins,
        case when s.ins_holds then s.ins_key end as ins_key,
        a.authority,
        s.birth_date,
        s.birth_rank,
        s.given_names,
        s.ins_text is not null and coalesce(a.is_test, false) as is_test,
        (s.nir_text is not null and not s.nir_holds)
            or (s.ins_text is not null and not s.ins_holds)
            or coalesce(s.nir_key <> 97 - s.nir_number % 10000000000000 % 97, false)
            or coalesce(s.ins_key <> 97 - s.ins_number % 10000000000000 % 97, false) as has_false_key
    from shapes as s
    left join authorities as a
      on a.oid = s.oid
    left join persons as k
      on k.registry = s.registry
     and k.person = s.person
)

select
    registry,
    person,
    coalesce(known_id, $last + dense_rank() over ordered)::bigint as own_id,
    lag(person) over ordered is distinct from person
        or lag(registry) over ordered is distinct from registry as is_first,
    nir,
    ins,
    ins_key,
    authority,
    birth_date,
    birth_rank,
    given_names,
    is_test,
    has_false_key
from traits
window ordered as (partition by known_id is null order by registry, person)
