-- SPDX-License-Identifier: Apache-2.0
-- fhir_fates: what became of each resource: relation, set aside, or no relation, and why.
-- reads   fhir_resources, fhir_latest, fhir_roles, told_patients, told_links
-- gives   relation_messages of one [[relations]]: one row per fate and reason
-- binds   (none)
with

linked as (
    select distinct message from told_links
),

known as (
    select distinct message from told_patients
),

named as (
    select distinct message from fhir_roles where kind = 'Patient'
),

latest as (
    select message from fhir_latest
),

fated as (
    select
        case
            when not r.is_resource then 'set_aside'
            when r.kind not in ('Appointment', 'Encounter', 'CareTeam') then 'not_relation'
            when l.message is not null then 'relation'
            when t.message is null or r.status in ('cancelled', 'entered-in-error', 'proposed', 'waitlist') then 'not_relation'
            when k.message is null then 'set_aside'
            else 'not_relation'
        end as fate,
        case
            when not r.is_resource then 'broken'
            when r.kind not in ('Appointment', 'Encounter', 'CareTeam') then fhir_type(r.kind)
            when l.message is not null then r.kind
            when t.message is null then 'superseded'
            when r.status in ('cancelled', 'entered-in-error') then 'cancelled'
            when r.status in ('proposed', 'waitlist') then 'proposed'
            when n.message is null then 'no_person'
            when k.message is null then 'unknown_authority'
            else 'nobody'
        end as reason
    from fhir_resources as r
    left join linked as l
      on l.message = r.message
    left join known as k
      on k.message = r.message
    left join named as n
      on n.message = r.message
    left join latest as t
      on t.message = r.message
)

select
    fate,
    reason,
    count(*) as messages
from fated
group by fate, reason
