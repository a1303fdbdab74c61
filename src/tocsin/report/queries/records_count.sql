-- SPDX-License-Identifier: Apache-2.0
-- records_count: how many distinct records of each kind, at least, most likely, at most.
-- reads   record_levels, bounds
-- gives   one row per kind of record of the case or disclosed
-- binds   $kinds

with

kinds as (
    select unnest($kinds) as record_type
    union
    select record_type
    from record_levels
),

named as (
    select
        record_type,
        count(*) filter (where level = 1) as floor,
        count(*) filter (where level <= 2) as best,
        count(*) as named
    from record_levels
    group by record_type
),

added as (
    select
        k.record_type,
        coalesce(sum(b.record_bound), 0) as bound,
        count(*) filter (where b.part is not null and b.record_bound is null) as boundless
    from kinds as k
    left join bounds as b
      on b.categories is null
      or b.record_type = k.record_type
    group by k.record_type
)

select
    k.record_type,
    coalesce(n.floor, 0) as floor,
    coalesce(n.best, 0) as best,
    case
        when a.boundless = 0
        then least(coalesce(n.named, 0) + a.bound, 4000000000000000)::bigint
    end as ceiling
from kinds as k
join added as a
  on a.record_type = k.record_type
left join named as n
  on n.record_type = k.record_type
order by k.record_type
