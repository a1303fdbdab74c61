-- SPDX-License-Identifier: Apache-2.0
-- home_ties: pairs of organisations that have many persons in common: five at least, and three times what
--   chance would make of as many persons each. Learnt from the logs alone.
--   A person whom very many organisations open (a test person, a training record) ties nobody.
-- reads   opened_persons
-- gives   home_ties: one row per pair, both ways
-- binds   $most, $share
with

-- One person in so many, where there are very many: pairs are what costs.
asked as materialized (
    select home, number
    from opened_persons
    where number <= cast($share as ubigint)
),

narrow as (
    select number
    from asked
    group by number
    having count(*) between 2 and $most
),

sizes as (
    select
        home,
        count(*) as persons
    from asked
    group by home
),

total as (
    select count(distinct number) as persons
    from asked
),

met as (
    select
        a.home,
        a.number
    from asked as a
    semi join narrow as n
      on n.number = a.number
),

pairs as (
    select
        a.home,
        b.home as other,
        count(*) as common
    from met as a
    join met as b
      on b.number = a.number
     and b.home <> a.home
    group by a.home, b.home
)

select
    p.home,
    p.other
from pairs as p
join sizes as x
  on x.home = p.home
join sizes as y
  on y.home = p.other
cross join total as t
where p.common >= 5
  and p.common * cast(t.persons as double) >= 3.0 * x.persons * y.persons
