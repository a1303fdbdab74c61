-- SPDX-License-Identifier: Apache-2.0
-- fhir_links: who treats whom by appointments, encounters and care teams.
--   A professional is every identifier that the directory has, else the RPPS, else the first one, else the
--   server's id. An organisation is kept where the directory has it. An appointment is a single instant, as is
--   an encounter outside beds that nothing ends.
-- reads   fhir_latest, fhir_candidates, told_patients, directory_names
-- gives   told_links: one row per resource, patient and who treats
-- binds   $zone
with

known as (
    select
        c.* exclude (turn),
        d.name is not null as in_directory,
        count(d.name) over (partition by c.message, c.reference, c.kind) as times_known,
        row_number() over (
            partition by c.message, c.reference, c.kind
            order by
                c.turn,
                c.place,
                c.who
        ) as turn
    from fhir_candidates as c
    left join directory_names as d
      on d.name = c.who
    where c.who <> ''
),

whos as (
    select message, who, kind = 'Organization' as is_place, since, till
    from known
    where in_directory
       or (times_known = 0 and kind = 'Practitioner' and turn = 1)
),

told as (
    select
        *,
        kind = 'Appointment'
            or (kind = 'Encounter' and ends is null and (status = 'planned' or class in ('AMB', 'EMER', 'HH', 'VR', 'FLD', 'SS')))
            as is_instant,
        (kind = 'Appointment' and begins is null)
            or (kind = 'CareTeam' and status = 'inactive' and ends is null)
            or (begins is not null and fhir_from(begins, $zone) is null)
            or (ends is not null and fhir_until(ends, $zone) is null)
            as is_unread
    from fhir_latest
    where kind in ('Appointment', 'Encounter', 'CareTeam')
      and status not in ('cancelled', 'entered-in-error', 'proposed', 'waitlist')
)

select
    t.message,
    p.registry,
    p.person,
    w.who,
    w.is_place,
    case t.kind when 'Appointment' then 'appointment' when 'Encounter' then 'stay' else 'care_team' end as kind,
    fhir_from(coalesce(w.since, t.begins), $zone)   as from_at,
    fhir_until(coalesce(w.till, t.ends), $zone)     as until_at,
    t.is_instant,
    t.is_unread or (w.since is not null and fhir_from(w.since, $zone) is null)
        or (w.till is not null and fhir_until(w.till, $zone) is null)
        or (t.is_instant and fhir_from(coalesce(w.since, t.begins), $zone) is null)             as is_unread
from told as t
join whos as w
  on w.message = t.message
join told_patients as p
  on p.message = t.message
