-- SPDX-License-Identifier: Apache-2.0
-- suppressed: who is not written to, by which rule of the case; the first rule holds.
--   Whom a split keeps off stands under its own name, unless a rule does.
-- reads   told, persons, suppress_rules, suppress_persons, split_standing, kept_back
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
),

named as (
    select
        b.person_id,
        b.rule_number,
        r.name
    from both_ways as b
    join suppress_rules as r
      on r.rule_number = b.rule_number
    union all
    select
        person_id,
        9223372036854775807 as rule_number,
        rule as name
    from split_standing
    where rule is not null
    union all
    select
        person_id,
        0 as rule_number,
        name
    from kept_back
)

select
    person_id,
    first(name order by rule_number) as rule
from named
group by person_id
