-- SPDX-License-Identifier: Apache-2.0
-- vouched_persons: how many persons a source can show, where somebody vouches that its registries are complete.
-- reads   vouched, registry
-- gives   vouched_persons: one row per source with such registries
with held as (
    select
        registry,
        count(distinct person) as persons
    from registry
    where registry in (select w.registry from vouched as w)
    group by registry
)
select
    v.source,
    cast(sum(coalesce(h.persons, 0)) as bigint) as persons
from vouched as v
left join held as h
    on h.registry = v.registry
group by v.source
