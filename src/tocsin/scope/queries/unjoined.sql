-- SPDX-License-Identifier: Apache-2.0
-- unjoined: events in scope that another source may tell of too, and why they are joined to nothing.
-- reads   tellings, request_standings, lone_acts, timed_acts, steady_clocks
-- gives   unjoined: one row per reason and source
select
    case s.standing when 'reused' then 'reused_request' else s.standing end as reason,
    t.source,
    cast(count(*) as bigint) as events
from request_standings as s
inner join tellings as t
    on t.request = s.request
where s.standing <> 'joined'
    and t.verdict is not null
group by
    s.standing,
    t.source
union all
select
    case
        when not a.is_lone then 'ambiguous'
        else 'clocks_unknown'
    end as reason,
    a.source,
    cast(count(*) as bigint) as events
from lone_acts as a
where a.in_scope
    and a.is_free
    and a.event_id not in (select t.event_id from timed_acts as t)
    and (not a.is_lone or a.source not in (select c.source from steady_clocks as c))
group by
    reason,
    a.source
