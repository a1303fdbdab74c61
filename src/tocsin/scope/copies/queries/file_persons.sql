-- SPDX-License-Identifier: Apache-2.0
-- file_persons: who stands in each copy, and with what.
-- reads   lines, grouped, category_bits
-- gives   file_persons: one row per copy and local id
with held as (
    select
        l.copy,
        g.registry,
        g.named,
        g.person,
        bit_or(l.mask) as mask
    from lines as l
    inner join grouped as g
        on g.files = l.files
        and g.registry = l.registry
        and g.person_key
            = coalesce(l.group_key, '?' || cast(l.copy as varchar) || '-' || cast(l.line as varchar))
    group by all
),
masks as (
    select
        m.mask,
        list(b.category order by b.category) as categories
    from (select distinct mask from held) as m
    inner join category_bits as b
        on m.mask & b.bit <> 0
    group by m.mask
)
select
    h.copy,
    h.registry,
    h.person,
    h.named,
    m.categories
from held as h
inner join masks as m
    on m.mask = h.mask
