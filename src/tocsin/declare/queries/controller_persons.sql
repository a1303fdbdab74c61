-- SPDX-License-Identifier: Apache-2.0
-- controller_persons: whom each controller must answer for, by the local id that it knows them by.
-- reads   disclosures, exposed
-- gives   one row per controller, registry and local id, in that order; the narrowest count it enters

with

levels as (
    select
        d.controller,
        d.registry,
        d.person,
        d.category,
        d.occurred_at,
        case d.count_in
            when 'floor' then x.narrowest
            when 'best' then 2
            when 'ceiling' then 3
        end as level
    from disclosures as d
    join exposed as x
      on x.registry is not distinct from d.registry
     and x.person = d.person
    where d.controller is not null
      and d.count_in is not null
      and not x.is_test
)

select
    controller,
    registry,
    case
        when regexp_matches(person, '^[=+@\t\r-]') then '''' || person
        else person
    end as person,
    ['floor', 'best', 'ceiling'][min(level)] as count_in,
    array_to_string(list_sort(list(distinct category)), ' ') as categories,
    strftime(min(occurred_at), '%Y-%m-%dT%H:%M:%S.%fZ') as first_at,
    strftime(max(occurred_at), '%Y-%m-%dT%H:%M:%S.%fZ') as last_at
from levels
group by
    controller,
    registry,
    person
order by
    controller,
    registry,
    person
