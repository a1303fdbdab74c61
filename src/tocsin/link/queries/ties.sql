-- SPDX-License-Identifier: Apache-2.0
-- ties: pairs of local ids that are one person, each member tied to the smallest of its set.
-- reads   bearers_ins, ranked, classes, prefixes, neighbours
-- gives   ties: one row per pair, kind and sureness

with

keyed as (
    select
        own_id,
        ins,
        authority,
        coalesce(ins_key, 97 - ins % 10000000000000 % 97) as ins_key
    from bearers_ins
),

by_ins as (
    select
        own_id as member,
        min(own_id) over (partition by ins, authority, ins_key) as leader,
        'ins' as kind,
        true as sure
    from keyed
    union all
    -- One of two keys must be wrong, so that one of the numbers may be another's, mistyped.
    select
        own_id,
        min(own_id) over (partition by ins, authority),
        'ins',
        false
    from keyed
),

by_class as (
    select
        r.own_id as member,
        c.leader,
        'nir_birth_given' as kind,
        r.given <> '' as sure
    from ranked as r
    join classes as c
      on c.nir = r.nir
     and c.birth_date = r.birth_date
     and c.given = r.given
     and c.birth_rank is not distinct from r.birth_rank
     and c.lacks_rank = r.lacks_rank
),

by_prefix as (
    select
        p.long_leader as member,
        p.short_leader as leader,
        'nir_birth_given' as kind,
        false as sure
    from prefixes as p
    join neighbours as s
      on s.nir = p.nir
     and s.birth_date = p.birth_date
     and s.given = p.short_given
     and s.birth_rank is not distinct from p.short_rank
     and s.lacks_rank = p.short_lacks_rank
    join neighbours as l
      on l.nir = p.nir
     and l.birth_date = p.birth_date
     and l.given = p.long_given
     and l.birth_rank is not distinct from p.long_rank
     and l.lacks_rank = p.long_lacks_rank
    where not s.ambiguous
      and not l.ambiguous
),

pairs as (
    select * from by_ins
    union all
    select * from by_class
    union all
    select * from by_prefix
)

select
    least(member, leader) as lower_id,
    greatest(member, leader) as upper_id,
    kind,
    bool_or(sure) as sure
from pairs
where member <> leader
group by
    lower_id,
    upper_id,
    kind
