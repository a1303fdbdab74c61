-- SPDX-License-Identifier: Apache-2.0
-- beyond_right_findings: one finding per account that obtained somebody beyond its right.
-- reads   beyond, obtained_persons
-- gives   findings: one row per account
-- binds   (none)

with

totals as (
    select
        b.account,
        min(o.occurred_at)         as first_at,
        max(o.occurred_at)         as last_at,
        count(distinct o.event_id) as events,
        count(distinct (b.registry, b.person)) as persons
    from beyond as b
    join obtained_persons as o
      on o.account = b.account
     and o.person = b.person
     and o.registry is not distinct from b.registry
    group by b.account
)

select
    account,
    null                     as session_id,
    'beyond_right'           as detector,
    cast(persons as double)  as score,
    1.0                      as p,
    json_array(json_object(
        'code', 'beyond_right',
        'values', json_object('persons', persons),
        'fr', persons || ' personne(s) obtenue(s) que ce compte n''a pas le droit de voir',
        'en', persons || ' person(s) obtained whom this account may not see'
    ))::varchar              as reasons,
    first_at,
    last_at,
    events,
    persons
from totals
