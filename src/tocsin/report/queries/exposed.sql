-- SPDX-License-Identifier: Apache-2.0
-- exposed: the local ids that something was disclosed of, the persons that they are, and what marks them.
-- reads   disclosures, persons
-- gives   exposed: one row per registry and local id disclosed, with the narrowest count it may enter
-- binds   $registries

with

disclosed as (
    select distinct
        registry,
        person
    from disclosures
    where person is not null
)

select
    p.registry,
    p.person,
    p.person_id,
    p.sure_id,
    p.test_identity as is_test,
    p.false_key,
    p.reason = 'not_in_registry' as is_outside,
    case when p.reason = 'not_in_registry' and $registries <> 1 then 2 else 1 end::tinyint as narrowest
from persons as p
join disclosed as d
  on d.registry is not distinct from p.registry
 and d.person = p.person
