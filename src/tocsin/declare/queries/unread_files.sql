-- SPDX-License-Identifier: Apache-2.0
-- unread_files: files that surely left, of which a rule says what they hold, and which nobody has read.
-- reads   unresolved, judged, events
-- gives   one row in all (category null), and one per category

with

fetched as (
    select
        e.source,
        coalesce(e.file_name, e.object) as file_name,
        u.categories
    from unresolved as u
    join judged as j
      on j.event_id = u.event_id
    join events as e
      on e.event_id = u.event_id
    where u.reason = 'unknown_content'
      and len(u.categories) > 0
      and j.verdict = 'illegitimate'
      and e.action in ('download', 'export')
      and e.outcome = 'success'
      and coalesce(e.file_name, e.object) is not null
),

each_category as (
    select
        source,
        file_name,
        unnest(categories) as category
    from fetched
)

select
    null as category,
    count(distinct (source, file_name)) as files
from fetched
union all
select
    category,
    count(distinct (source, file_name))
from each_category
group by category
order by category nulls first
