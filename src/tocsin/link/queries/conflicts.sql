-- SPDX-License-Identifier: Apache-2.0
-- conflicts: numbers whose bearers' traits do not agree; at most a hundred persons are listed of each.
-- reads   bearers_ins, bearers_nir, prefixes, neighbours, joined
-- gives   conflicts: one row per number and kind

with

contradictory as (
    select
        'ins_contradictory' as kind,
        authority::varchar as scope,
        ins as number,
        own_id
    from bearers_ins
    qualify min(own_id) over (partition by ins, authority) <> max(own_id) over (partition by ins, authority)
        and min(birth_date) over (partition by ins, authority)
            <> max(birth_date) over (partition by ins, authority)
),

-- Given names that are compatible begin with the same word.
first_words as (
    select
        nir,
        split_part(given, ' ', 1) as word
    from bearers_nir
    where birth_date is not null
      and given <> ''
    group by
        nir,
        word
    having min(birth_date) <> max(birth_date)
),

named as (
    select distinct
        b.nir,
        b.birth_date,
        b.given,
        b.own_id
    from bearers_nir as b
    join first_words as w
      on w.nir = b.nir
     and w.word = split_part(b.given, ' ', 1)
    where b.birth_date is not null
),

parts as (
    select
        nir,
        birth_date,
        own_id,
        given,
        unnest(list_transform(
            range(0, least(len(string_split(given, ' ')), 12)),
            lambda n: array_to_string(list_slice(string_split(given, ' '), 1, n + 1), ' ')
        )) as part
    from named
),

shared_parts as (
    select
        nir,
        part
    from parts
    group by
        nir,
        part
    having min(birth_date) <> max(birth_date)
       and bool_or(given = part)
),

several_births as (
    select distinct
        'nir_several_births' as kind,
        null::varchar as scope,
        p.nir as number,
        p.own_id
    from parts as p
    join shared_parts as s
      on s.nir = p.nir
     and s.part = p.part
),

ambiguous as (
    select
        p.nir,
        p.birth_date,
        unnest([p.short_leader, p.long_leader]) as own_id
    from prefixes as p
    join neighbours as n
      on n.nir = p.nir
     and n.birth_date = p.birth_date
     and n.ambiguous
     and (
         (n.given = p.short_given and n.birth_rank is not distinct from p.short_rank)
         or (n.given = p.long_given and n.birth_rank is not distinct from p.long_rank)
     )
),

ambiguous_names as (
    select distinct
        'given_ambiguous' as kind,
        birth_date::varchar as scope,
        nir as number,
        own_id
    from ambiguous
),

bearers as (
    select * from contradictory
    union all
    select * from several_births
    union all
    select * from ambiguous_names
),

persons as (
    select
        b.kind,
        b.scope,
        b.number,
        b.own_id,
        coalesce(j.person_id, b.own_id) as person_id
    from bearers as b
    left join joined as j
      on j.own_id = b.own_id
),

sets as (
    select
        kind,
        list_slice(list_sort(list(distinct person_id)), 1, 100) as person_ids,
        count(distinct own_id) as local_ids
    from persons
    group by
        kind,
        scope,
        number
)

-- One set of persons may be in conflict over two numbers of one kind.
select
    kind,
    person_ids,
    max(local_ids) as local_ids
from sets
group by
    kind,
    person_ids
