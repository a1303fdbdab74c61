-- SPDX-License-Identifier: Apache-2.0
-- modifications_count: how many distinct records were created, updated or deleted, and what may hold others.
--   What was not read, is missing, names no record, or no rule describes is in no count: it is named beside them.
-- reads   modifications, doubts, uncovered, events, acts
-- gives   one row

with

levels as (
    select
        record_type,
        record,
        min(case count_in when 'floor' then 1 when 'best' then 2 else 3 end) as level
    from modifications
    where count_in is not null
    group by
        record_type,
        record
),

changing as (
    select
        a.act_id,
        e.event_id in (select m.event_id from modifications as m) as is_named
    from acts as a
    join events as e
      on e.event_id = a.event_id
    where e.action in ('create', 'update', 'delete')
      and e.outcome <> 'failure'
),

untold as (
    select 'unnamed_change' as what
    from changing
    group by act_id
    having not bool_or(is_named)
    union
    select 'uncovered'
    from uncovered as u
    join events as e
      on e.event_id = u.event_id
    where e.action in ('other', 'admin', 'upload', 'share')
    union
    select kind
    from doubts
    where kind in ('set_aside', 'gap')
),

all_untold as (
    select coalesce(list(what order by what), []) as untold
    from untold
)

select
    count(*) filter (where l.level = 1) as floor,
    count(*) filter (where l.level <= 2) as best,
    count(l.level) as ceiling,
    any_value(u.untold) as untold
from all_untold as u
left join levels as l
  on true
