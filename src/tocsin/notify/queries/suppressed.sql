-- SPDX-License-Identifier: Apache-2.0
-- suppressed: who is not written to, by which rule of the case; the first rule holds.
-- reads   told, persons, suppress_rules, suppress_persons
-- gives   suppressed: one row per person suppressed

with

listed as (
    select
        p.person_id,
        s.rule_number
    from suppress_persons as s
    join persons as p
      on p.person = s.person
     and (s.registry is null or p.registry = s.registry)
),

ruled as (
    select
        t.person_id,
        r.rule_number
    from told as t
    join suppress_rules as r
      on len(list_intersect(t.controllers, r.controllers)) > 0
      or len(list_intersect(t.categories, r.categories)) > 0
),

both_ways as (
    select * from listed
    union all
    select * from ruled
)

select
    b.person_id,
    first(r.name order by b.rule_number) as rule
from both_ways as b
join suppress_rules as r
  on r.rule_number = b.rule_number
group by b.person_id
