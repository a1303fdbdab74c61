-- SPDX-License-Identifier: Apache-2.0
-- persons_count: how many distinct persons, at least, most likely, at most, and what the last is made of.
-- reads   counted, nameless, bounds
-- gives   one row

with

named as (
    select
        count(distinct person_id) filter (where level = 1) as floor,
        count(distinct person_id) filter (where level <= 2) as best,
        count(distinct sure_id) filter (where level <= 3) as named
    from counted
),

strangers as (
    select count(*) as records
    from (
        select distinct
            record_type,
            record
        from nameless
    )
),

parts as (
    select
        least(coalesce(sum(bound) filter (where part in ('unresolved', 'partial')), 0), 1000000000000000)::bigint as unresolved,
        least(coalesce(sum(bound) filter (where part = 'set_aside'), 0), 1000000000000000)::bigint as set_aside,
        least(coalesce(sum(bound) filter (where part = 'gaps'), 0), 1000000000000000)::bigint as gaps,
        count(*) filter (where bound is null) as boundless
    from bounds
)

select
    n.floor,
    n.best,
    case
        when p.boundless = 0
        then n.named + s.records + p.unresolved + p.set_aside + p.gaps
    end as ceiling,
    n.named,
    s.records as records_without_person,
    p.unresolved,
    p.set_aside,
    p.gaps
from named as n
cross join strangers as s
cross join parts as p
