-- SPDX-License-Identifier: Apache-2.0
-- bounds: how many persons each unresolved event, set-aside record and gap can stand for; null when nothing tells.
--   1. a gap stands for the records it lacks, or that its source could write in so long, times the most persons
--      that one event of its source disclosed; and for no more than the persons of complete registries
--   2. of the gaps of one source with such registries, all together add no more than these persons
--   3. at times of which a rebuilt past does not know all, no more than the persons and records whose rows stand in
--   4. of records, persons bound nothing: one person may have many
--   5. an event that showed more than could be told (partial, past) is as one unresolved: its rules' categories alone
-- reads   unresolved, doubts, largest
-- gives   bounds: one row per unresolved event, set-aside record or gap that may be in scope

with

sized as (
    select
        d.kind,
        d.source,
        d.names,
        d.most_persons,
        d.categories,
        d.record_type,
        l.persons,
        case
            when d.kind = 'past' then d.names::hugeint
            when coalesce(d.missing, d.most_records) is not null and l.persons is not null
            then least(least(d.missing, d.most_records)::hugeint * l.persons, 1000000000000000)
        end as by_records
    from doubts as d
    left join largest as l
      on l.source = d.source
),

gap_bounds as (
    select
        kind,
        source,
        most_persons,
        categories,
        record_type,
        least(d.by_records, d.most_persons) as bound,
        d.by_records as record_bound
    from sized as d
    where d.kind in ('gap', 'past')
),

added_up as (
    select
        *,
        sum(bound) over (
            partition by kind, source
            order by bound, record_bound nulls first
            rows between unbounded preceding and current row
        ) as reached
    from gap_bounds
)

select
    'unresolved' as part,
    u.reason as what,
    u.bound,
    u.bound as record_bound,
    case when u.reason = 'no_rule' then null else u.categories end as categories,
    u.record_type
from unresolved as u
union all
select
    case g.kind when 'gap' then 'gaps' else 'partial' end,
    case g.kind when 'gap' then g.source else 'past_unknown' end,
    case
        when g.most_persons is null then g.bound
        else least(g.reached, g.most_persons) - least(g.reached - g.bound, g.most_persons)
    end::bigint,
    g.record_bound::bigint,
    g.categories,
    g.record_type
from added_up as g
union all
select
    s.kind,
    s.source,
    case when s.names = 1 then 1 else s.persons end,
    case when s.names = 1 then 1 else s.persons end,
    null,
    null
from sized as s
where s.kind = 'set_aside'
union all
select
    'partial',
    'partly_told',
    s.names,
    s.names,
    s.categories,
    s.record_type
from sized as s
where s.kind = 'partial'
