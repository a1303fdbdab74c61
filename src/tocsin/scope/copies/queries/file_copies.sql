-- SPDX-License-Identifier: Apache-2.0
-- file_copies: each copy with what was read in it.
-- reads   copies_read, file_persons, category_bits
-- gives   file_copies: one row per copy
with counted as (
    select
        copy,
        count(*) as persons,
        count(*) filter (where not named) as unnamed
    from file_persons
    group by copy
)
select
    r.copy,
    r.files,
    r.path,
    r.member,
    r.sha256,
    r.bytes,
    r.changed_at,
    r.kind,
    r.rows,
    coalesce(c.persons, 0) as persons,
    coalesce(c.unnamed, 0) as unnamed,
    (
        select list(b.category order by b.category)
        from category_bits as b
        where r.mask & b.bit <> 0
    ) as categories,
    r.unreadable
from copies_read as r
left join counted as c
    on c.copy = r.copy
