-- SPDX-License-Identifier: Apache-2.0
-- sample_persons_found: whose the rows are: by local id or record, else INS, else NIR and birth date, else name.
-- reads   sample_keys, registry_keys, records
-- gives   sample_persons_found: one row per row of the sample that some key finds; person_id is null when several fit
with by_id as (
    select
        s.row,
        1 as rank,
        'local_id' as key,
        r.person_id
    from sample_keys as s
    inner join registry_keys as r
        on r.person = s.person
),
by_record as (
    select
        s.row,
        2 as rank,
        'record' as key,
        k.person_id
    from sample_keys as s
    inner join records as r
        on r.record_type = s.record_type
        and r.record = s.record
    inner join registry_keys as k
        on k.registry = r.registry
        and k.person = r.person
),
by_ins as (
    select
        s.row,
        3 as rank,
        'ins' as key,
        r.person_id
    from sample_keys as s
    inner join registry_keys as r
        on r.ins = s.ins
),
-- A NIR is shared by dependants, and twins share the birth date too: then the given name tells.
by_nir as (
    select
        s.row,
        4 as rank,
        'nir_birth' as key,
        r.person_id,
        s.given_names is null as lacks_given,
        starts_with(r.given_names, s.given_names) or starts_with(s.given_names, r.given_names) as fits
    from sample_keys as s
    inner join registry_keys as r
        on r.nir = s.nir
        and r.birth_date = s.birth_date
),
by_name as (
    select
        s.row,
        5 as rank,
        'name_birth' as key,
        r.person_id,
        s.given_names is null as lacks_given,
        starts_with(r.given_names, s.given_names) or starts_with(s.given_names, r.given_names) as fits
    from sample_keys as s
    inner join registry_keys as r
        on r.birth_date = s.birth_date
        and s.family_name in (r.family_name, r.used_name)
),
by_used_name as (
    select
        s.row,
        5 as rank,
        'name_birth' as key,
        r.person_id,
        s.given_names is null as lacks_given,
        starts_with(r.given_names, s.given_names) or starts_with(s.given_names, r.given_names) as fits
    from sample_keys as s
    inner join registry_keys as r
        on r.birth_date = s.birth_date
        and s.used_name in (r.family_name, r.used_name)
),
narrowed as (
    select
        row,
        rank,
        key,
        person_id
    from (
        select * from by_nir
        union all
        select * from by_name
        union all
        select * from by_used_name
    )
    -- The given name must agree; a number may do without one, a name may not.
    where fits
        or (rank = 4 and lacks_given)
),
found as (
    select * from by_id
    union all
    select * from by_record
    union all
    select * from by_ins
    union all
    select * from narrowed
),
counted as (
    select
        row,
        rank,
        key,
        count(distinct person_id) as persons,
        min(person_id) as person_id
    from found
    where person_id is not null
    group by
        row,
        rank,
        key
),
chosen as (
    select
        *,
        row_number() over (partition by row order by persons > 1, rank) as place
    from counted
)
select
    row,
    key,
    case when persons = 1 then person_id end as person_id
from chosen
where place = 1
