-- SPDX-License-Identifier: Apache-2.0
-- known_persons: the registry's rows of the persons that accesses name, themselves or by a record of theirs.
-- reads   registry, named, named_owners
-- gives   known_persons: one row per registry row
with meant as (
    select
        registry,
        id as person
    from named
    where kind = 'person'
    union all
    select
        registry,
        person
    from named_owners
)
select
    r.registry,
    r.person,
    r.controller,
    r.valid_from,
    r.valid_until
from registry as r
where exists (
    select 1
    from meant as m
    where m.registry = r.registry
        and m.person = r.person
)
