-- SPDX-License-Identifier: Apache-2.0
-- persons_named: how many distinct local ids one account named, by how it went. An id may have gone several ways.
-- reads   acts
-- gives   one row
-- binds   $account

with

named as (
    select outcome, person_domain, person
    from acts
    where account = $account
      and person is not null
    union
    select outcome, person_domain, unnest(persons) as person
    from acts
    where account = $account
      and persons is not null
)

select
    count(distinct (person_domain, person))                                              as total,
    count(distinct (person_domain, person)) filter (outcome = 'success')                 as success,
    count(distinct (person_domain, person)) filter (outcome = 'failure')                 as failure,
    count(distinct (person_domain, person)) filter (outcome not in ('success', 'failure')) as unknown
from named
