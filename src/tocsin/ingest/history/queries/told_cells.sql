-- SPDX-License-Identifier: Apache-2.0
-- told_cells: what messages say of persons, cell by cell; a person is told to be there, new, gone or merged.
--   Merges that lead back to where they began, at whatever times, end nobody.
-- reads   hl7_messages, history_fates, told_patients, told_merges
-- gives   history_said of one [[history]]: one row per local id, column and message
-- binds   $of, $names, $source
with

told as (
    select f.*, m.told
    from history_fates as f
    join hl7_messages as m
      on m.message = f.message
    where f.fate = 'told'
),

spelled as (
    select message, person, told_at, unnest(told) as one
    from told
    where trigger_event <> 'A29'
),

merged as (
    select t.message, p.person, t.told_at
    from told as t
    join told_patients as p
      on p.message = t.message
     and p.part = 'prior'
     and p.registry = $of
    where t.trigger_event in ('A18', 'A30', 'A34', 'A40', 'A47')
      and p.person <> t.person
      and not exists (
          select 1
          from told_merges as there
          join told_merges as back
            on back.registry = there.registry
           and back.before = there.after
           and back.after = there.before
          where there.registry = $of
            and there.before = p.person
            and there.after = t.person
      )
),

cells as (
    select
        person as key,
        one.name,
        told_at as said_at,
        1 as turn,
        message as place,
        true as is_change,
        case
            when one.said = '' then null
            when one.name = 'birth_date' then cast(try_strptime(left(one.said, 8), '%Y%m%d') as date)::varchar
            else one.said
        end as value
    from spelled
    where list_contains($names, one.name)
    union all
    select person, 'present', told_at, 1, message, trigger_event in ('A28', 'A29'), case when trigger_event <> 'A29' then 'true' end
    from told
    union all
    select person, 'present', told_at, 0, message, false, null
    from told
    where trigger_event = 'A28'
    union all
    select person, 'present', told_at, 0, message, false, 'true'
    from told
    where trigger_event = 'A29'
    union all
    select person, 'present', told_at, 0, message, false, 'true'
    from merged
    union all
    select person, 'present', told_at, 1, message, true, null
    from merged
)

select
    *,
    history_alike(name, value) as alike,
    cast($source as bigint) as source
from cells
