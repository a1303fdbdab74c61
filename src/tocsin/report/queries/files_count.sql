-- SPDX-License-Identifier: Apache-2.0
-- files_count: how many distinct files left: downloads, exports, and whatever was found in a copy of the file.
--   The ceiling adds one for each download that names no file, record that was not read, and record that is
--   missing; it is null when nothing tells how many are.
-- reads   judged, events, disclosures, witnesses, doubts
-- gives   one row

with

found_in_copies as (
    select event_id
    from disclosures
    where resolver = 'file_contents'
      and certainty <> 'reachable'
),

departed as (
    select
        e.event_id,
        e.source,
        coalesce(e.file_name, e.object) as file_name,
        case
            when e.outcome = 'unknown' then 3
            when j.verdict = 'illegitimate' then 1
            when j.p >= 0.5 then 2
            else 3
        end as level
    from judged as j
    join events as e
      on e.event_id = j.event_id
    where (
        e.action in ('download', 'export')
        or e.event_id in (select f.event_id from found_in_copies as f)
    )
      and coalesce(e.outcome, 'unknown') <> 'failure'
),

left_by as (
    select *
    from departed
    where file_name is not null
),

untold as (
    select
        coalesce(sum(files), 0) as files,
        count(*) filter (where files is null) as boundless
    from (
        select 1 as files
        from departed
        where file_name is null
        union all
        select
            case kind
                when 'set_aside' then 1
                else least(missing, most_records)
            end
        from doubts
        where kind in ('set_aside', 'gap')
    )
),

-- One download told by two logs under two names is one file: that of the better kept log.
best_names as (
    select
        w.act_id,
        l.source,
        l.file_name
    from left_by as l
    join witnesses as w
      on w.event_id = l.event_id
    where w.joined_by = 'request'
      and coalesce(w.disagrees = ['verdict'], true)
    qualify row_number() over (partition by w.act_id order by w.rank) = 1
),

other_names as (
    select
        l.source,
        l.file_name,
        min(struct_pack(source := b.source, file_name := b.file_name)) as best
    from left_by as l
    join witnesses as w
      on w.event_id = l.event_id
    join best_names as b
      on b.act_id = w.act_id
    group by
        l.source,
        l.file_name
),

asked as (
    select
        coalesce(o.best.source, l.source) as source,
        coalesce(o.best.file_name, l.file_name) as file_name,
        min(l.level) as level
    from left_by as l
    left join other_names as o
      on o.source = l.source
     and o.file_name = l.file_name
    group by all
)

select
    count(*) filter (where level = 1) as floor,
    count(*) filter (where level <= 2) as best,
    case
        when any_value(u.boundless) = 0
        then least(count(a.level) + any_value(u.files), 1000000000000000)::bigint
    end as ceiling
from untold as u
left join asked as a
  on true
