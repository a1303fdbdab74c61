-- SPDX-License-Identifier: Apache-2.0
-- copy_shown: the persons of the copies that accesses fetched, and what of each was in them.
-- reads   copy_events, file_names, copy_candidates, file_persons, file_copies, rule_categories
-- gives   copy_shown: one row per event, rule and local id
with fetched as (
    select
        v.event_id,
        v.rule,
        v.certainty,
        c.copy
    from copy_events as v
    inner join file_names as n
        on n.event_id = v.event_id
        and n.rule = v.rule
    inner join copy_candidates as c
        on c.source = n.source
        and c.path = n.path
        and c.version = v.version
    where v.fate = 'told'
),
-- A category that the catalogue states and that no column is known to hold is told of everybody in the file.
stated as (
    select
        f.event_id,
        f.rule,
        f.copy,
        list(r.category) filter (where not list_contains(coalesce(c.categories, []), r.category)) as categories
    from fetched as f
    inner join file_copies as c
        on c.copy = f.copy
    left join rule_categories as r
        on r.rule = f.rule
    group by
        f.event_id,
        f.rule,
        f.copy
)
select
    f.event_id,
    f.rule,
    p.registry,
    p.person,
    case when bool_or(p.named) then min(f.certainty) else 'reachable' end as certainty,
    bool_or(p.named) and min(f.certainty) <> 'reachable' as exact,
    list_sort(
        list_distinct(flatten(list(list_concat(coalesce(p.categories, []), coalesce(s.categories, [])))))
    ) as categories
from fetched as f
inner join stated as s
    on s.event_id = f.event_id
    and s.rule = f.rule
    and s.copy = f.copy
inner join file_persons as p
    on p.copy = f.copy
group by
    f.event_id,
    f.rule,
    p.registry,
    p.person
