-- SPDX-License-Identifier: Apache-2.0
-- unknown_events: the events of which something shown cannot be told, and how many persons that can be.
-- reads   unknown, scoped, rule_facts, rule_categories
-- gives   unknown_events: one row per event; categories are null when any is possible
--   A database of which some column is not described may have shown anything by a statement that was not run.
with categories_of as (
    select
        rule,
        list(category order by category) as categories
    from rule_categories
    where rule >= 0
    group by rule
),
possible as (
    select
        u.*,
        case
            when u.reason = 'past_unknown' or not coalesce(list_contains(c.categories, 'undetermined'), false)
                then c.categories
        end as categories
    from unknown as u
    left join categories_of as c
        on c.rule = u.rule
),
told as (
    select
        u.event_id,
        min(u.reason) as reason,
        -- One part without a bound leaves the whole without.
        case when count(*) = count(u.bound) then cast(sum(u.bound) as bigint) end as bound,
        case
            when count(*) = count(u.categories) then list_sort(list_distinct(flatten(list(u.categories))))
        end as categories,
        case
            when count(*) = count(f.record_type) and count(distinct f.record_type) = 1 then min(f.record_type)
        end as record_type,
        bool_and(f.protection = 'encrypted') as is_encrypted
    from possible as u
    inner join rule_facts as f
        on f.rule = u.rule
    group by u.event_id
)
select
    t.event_id,
    t.reason,
    least(t.bound, case when e.items >= 0 then e.items end) as bound,
    t.categories,
    t.record_type,
    t.is_encrypted
from told as t
inner join scoped as e
    on e.event_id = t.event_id
