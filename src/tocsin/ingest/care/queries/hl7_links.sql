-- SPDX-License-Identifier: Apache-2.0
-- hl7_links: who is named for which stay or appointment, and whose declared doctor somebody is.
--   Of a person named several times for one appointment the last word holds: taken out, it is none.
--   Wards and resources (AIG) are kept where the directory has them: rooms and machines treat nobody.
-- reads   hl7_visits, hl7_messages, told_patients, directory_names
-- gives   told_links: one row per message, patient and who treats
-- binds   $zone
with

named as (
    select visit_key, message, told_at, unnest(people) as one
    from hl7_visits
    where not is_cancelled
),

standing as (
    select
        visit_key,
        one.id                                             as who,
        bool_and(one.role = 'AIG')                         as is_place,
        arg_max(one.since, (told_at, message))                  as since,
        arg_max(one.till, (told_at, message))                   as till
    from named
    where one.role not in ('PD1', 'FHCP', 'PP', 'ODRP')
    group by visit_key, one.id
    having not arg_max(one.is_out, (told_at, message))
),

placed as (
    select distinct visit_key, unnest(places) as who
    from hl7_visits
    where not is_cancelled
),

whos as (
    select visit_key, who, is_place, since, till from standing
    union all
    select visit_key, who, true as is_place, '' as since, '' as till from placed
),

doctors as (
    select
        m.message,
        unnest(m.people) as one
    from hl7_messages as m
    where m.kind in ('ADT', 'SIU')
)

select
    v.message,
    p.registry,
    p.person,
    w.who,
    w.is_place,
    case when v.kind = 'SIU' then 'appointment' else 'stay' end                            as kind,
    coalesce(hl7_at(w.since, $zone), v.from_at)                                            as from_at,
    coalesce(hl7_at(w.till, $zone), v.until_at)                                            as until_at,
    v.is_instant,
    v.is_unread or (w.since <> '' and hl7_at(w.since, $zone) is null)
        or (w.till <> '' and hl7_at(w.till, $zone) is null)                                as is_unread
from hl7_visits as v
join whos as w
  on w.visit_key = v.visit_key
join told_patients as p
  on p.message = v.message
 and p.part = 'patient'
where not v.is_cancelled
  and (not w.is_place or w.who in (select name from directory_names))
union all
select
    d.message,
    p.registry,
    p.person,
    d.one.id                                                                               as who,
    false                                                                                  as is_place,
    'declared_gp'                                                                          as kind,
    hl7_at(d.one.since, $zone)                                                             as from_at,
    hl7_at(d.one.till, $zone)                                                              as until_at,
    false                                                                                  as is_instant,
    (d.one.since <> '' and hl7_at(d.one.since, $zone) is null)
        or (d.one.till <> '' and hl7_at(d.one.till, $zone) is null)                        as is_unread
from doctors as d
join told_patients as p
  on p.message = d.message
 and p.part = 'patient'
where d.one.role in ('PD1', 'FHCP', 'PP', 'ODRP')
  and not d.one.is_out
