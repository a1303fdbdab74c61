-- SPDX-License-Identifier: Apache-2.0
-- bounds: how many persons each unresolved event, set-aside record and gap can stand for; null when nothing tells.
-- reads   unresolved, doubts, largest
-- gives   bounds: one row per unresolved event, set-aside record or gap that may be in scope

select
    'unresolved' as part,
    u.reason as what,
    u.bound,
    case when u.reason = 'no_rule' then null else u.categories end as categories,
    u.record_type
from unresolved as u
union all
select
    case d.kind when 'gap' then 'gaps' else d.kind end,
    d.source,
    case
        when d.kind = 'gap' and (d.missing is null or l.persons is null) then null
        when d.kind = 'gap' then least(d.missing::hugeint * l.persons, 1000000000000000)::bigint
        when d.kind = 'partial' then d.names
        when d.names = 1 then 1
        else l.persons
    end,
    null,
    null
from doubts as d
left join largest as l
  on l.source = d.source
