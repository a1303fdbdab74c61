-- SPDX-License-Identifier: Apache-2.0
-- origin_weights: how many of the sample's persons each origin showed, when, and whether in the sample's order.
-- reads   origin_persons, sample_people
-- gives   one row per origin that showed one of them
with met as (
    select
        o.kind,
        o.name,
        o.person_id,
        o.first_at,
        o.last_at,
        p.row
    from origin_persons as o
    left join sample_people as p
        on p.person_id = o.person_id
),
paired as (
    select
        kind,
        name,
        first_at >= lag(first_at) over (partition by kind, name order by row) as is_in_order
    from met
    where row is not null
)
select
    m.kind,
    m.name,
    cast(count(*) as bigint) as persons,
    cast(count(m.row) as bigint) as in_sample,
    min(m.first_at) filter (where m.row is not null) as first_at,
    max(m.last_at) filter (where m.row is not null) as last_at,
    (
        select avg(case when p.is_in_order then 1.0 else 0.0 end)
        from paired as p
        where p.kind = m.kind
            and p.name = m.name
            and p.is_in_order is not null
    ) as in_order
from met as m
group by
    m.kind,
    m.name
having count(m.row) > 0
order by
    in_sample desc,
    m.kind,
    m.name
