-- SPDX-License-Identifier: Apache-2.0
-- gap_bounds: what the sources do not cover, and how many persons each hole can stand for.
-- reads   gaps, doubts, largest
-- gives   one row per gap; the bound is 0 outside the suspects' periods, null when nothing tells

with

-- The record before may have been written later than the one after.
told as (
    select
        source,
        node,
        kind,
        case when until_at < from_at then until_at else from_at end as from_at,
        case when until_at < from_at then from_at else until_at end as until_at,
        missing
    from gaps
),

in_scope as (
    select
        g.source,
        g.node,
        g.kind,
        g.from_at,
        g.until_at,
        g.missing,
        min(d.most_records) as most_records,
        min(d.most_persons) as most_persons
    from told as g
    join doubts as d
      on d.kind = 'gap'
     and d.source = g.source
     and d.node is not distinct from g.node
     and d.missing is not distinct from g.missing
     and coalesce(d.from_at >= g.from_at, true)
     and coalesce(d.until_at <= g.until_at, true)
    group by all
)

select
    g.source,
    g.node,
    g.kind,
    g.from_at,
    g.until_at,
    g.missing,
    case
        when i.source is null then 0
        when least(g.missing, i.most_records) is null or l.persons is null then i.most_persons
        else least(
            least(g.missing, i.most_records)::hugeint * l.persons,
            i.most_persons,
            1000000000000000
        )::bigint
    end as bound
from told as g
left join in_scope as i
  on i.source = g.source
 and i.node is not distinct from g.node
 and i.kind = g.kind
 and i.from_at is not distinct from g.from_at
 and i.until_at is not distinct from g.until_at
 and i.missing is not distinct from g.missing
left join largest as l
  on l.source = g.source
order by
    g.source,
    g.from_at nulls first,
    g.until_at,
    g.node nulls first,
    g.kind,
    g.missing
