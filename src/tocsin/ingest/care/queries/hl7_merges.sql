-- SPDX-License-Identifier: Apache-2.0
-- hl7_merges: which local id became which, through any number of merges (A18, A30, A34, A40, A47…).
--   What was related under the old id holds under the new one too; the old rows stay.
-- reads   hl7_messages, told_patients
-- gives   told_merges: one row per registry, id before and id after
-- binds   (none)
with recursive

merges as (
    select distinct
        p.registry,
        o.person as before,
        p.person as after
    from hl7_messages as m
    join told_patients as p
      on p.message = m.message
     and p.part = 'patient'
    join told_patients as o
      on o.message = m.message
     and o.part = 'prior'
     and o.registry is not distinct from p.registry
    where m.kind = 'ADT'
      and m.trigger_event in ('A18', 'A30', 'A34', 'A40', 'A47')
      and o.person <> p.person
),

led as (
    select registry, before, after
    from merges
    union
    select l.registry, l.before, m.after
    from led as l
    join merges as m
      on m.registry is not distinct from l.registry
     and m.before = l.after
)

select registry, before, after
from led
where before <> after
