-- SPDX-License-Identifier: Apache-2.0
-- fhir_roles: whom each appointment, encounter and care team names, a role being its practitioner and organisation.
-- reads   fhir_latest, fhir_keys
-- gives   fhir_roles: one row per resource and reference
-- binds   (none)
with

named as (
    select message, kind as told, unnest(people) as one, false as is_subject from fhir_latest
    where kind in ('Appointment', 'Encounter', 'CareTeam')
),

references_told as (
    select
        message,
        told,
        fhir_reference(one.who.reference)  as name,
        one.who.identifier                 as identifier,
        one.who.type                       as of_type,
        one.is_out                         as is_out,
        one.since                          as since,
        one.till                           as till
    from named
    union all
    select message, kind as told, fhir_reference(subject.reference) as name, subject.identifier, 'Patient' as of_type,
        false as is_out, null as since, null as till
    from fhir_latest
    where kind in ('Encounter', 'CareTeam')
      and subject is not null
    union all
    select message, told, fhir_reference(place.reference) as name, place.identifier, 'Organization' as of_type,
        false as is_out, null as since, null as till
    from (select message, kind as told, unnest(places) as place from fhir_latest where kind in ('Encounter', 'CareTeam'))
),

direct as (
    select
        r.* exclude (of_type),
        coalesce(k.kind, nullif(r.of_type, ''), nullif(split_part(coalesce(r.name, ''), '/', 1), r.name)) as kind,
        k.practitioner,
        k.organization
    from references_told as r
    left join fhir_keys as k
      on k.name = r.name
)

select message, told, name, identifier, is_out, since, till, kind
from direct
where kind in ('Patient', 'Practitioner', 'Organization')
   or (kind = 'PractitionerRole' and identifier is not null)
union all
select message, told, fhir_reference(practitioner.reference) as name, practitioner.identifier, is_out, since, till,
    'Practitioner' as kind
from direct
where kind = 'PractitionerRole'
  and practitioner is not null
union all
select message, told, fhir_reference(organization.reference) as name, organization.identifier, is_out, since, till,
    'Organization' as kind
from direct
where kind = 'PractitionerRole'
  and organization is not null
