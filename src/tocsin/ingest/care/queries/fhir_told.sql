-- SPDX-License-Identifier: Apache-2.0
-- fhir_told: of each resource, what says who is treated by whom, and who a reference is; nothing else is kept.
--   A record is a resource, or an entry of a Bundle with its fullUrl.
-- reads   records
-- gives   fhir_resources: one row per resource
-- binds   $file
with

resources as (
    select
        (cast($file as bigint) << 40) | (byte_offset + item) as message,
        mark,
        case when json_valid(record) then json_extract_string(record, '$.fullUrl') end as full_url,
        case
            when json_valid(record) then
                coalesce(case when json_type(record, '$.resource') = 'OBJECT' then json_extract(record, '$.resource') end, record::json)
        end as body
    from records
),

parsed as (
    select
        message,
        mark,
        full_url,
        json_transform(
            body,
            '{
                "resourceType": "VARCHAR", "id": "VARCHAR", "status": "VARCHAR",
                "meta": {"lastUpdated": "VARCHAR"},
                "start": "VARCHAR",
                "period": {"start": "VARCHAR", "end": "VARCHAR"},
                "class": {"code": "VARCHAR"},
                "identifier": [{"system": "VARCHAR", "value": "VARCHAR"}],
                "subject": {"reference": "VARCHAR", "identifier": {"system": "VARCHAR", "value": "VARCHAR"}},
                "practitioner": {"reference": "VARCHAR", "identifier": {"system": "VARCHAR", "value": "VARCHAR"}},
                "organization": {"reference": "VARCHAR", "identifier": {"system": "VARCHAR", "value": "VARCHAR"}},
                "serviceProvider": {"reference": "VARCHAR", "identifier": {"system": "VARCHAR", "value": "VARCHAR"}},
                "managingOrganization": [{"reference": "VARCHAR", "identifier": {"system": "VARCHAR", "value": "VARCHAR"}}],
                "participant": [{
                    "status": "VARCHAR",
                    "period": {"start": "VARCHAR", "end": "VARCHAR"},
                    "actor": {"reference": "VARCHAR", "type": "VARCHAR", "identifier": {"system": "VARCHAR", "value": "VARCHAR"}},
                    "individual": {"reference": "VARCHAR", "type": "VARCHAR", "identifier": {"system": "VARCHAR", "value": "VARCHAR"}},
                    "member": {"reference": "VARCHAR", "type": "VARCHAR", "identifier": {"system": "VARCHAR", "value": "VARCHAR"}}
                }]
            }'
        ) as said
    from resources
)

select
    message,
    (mark is null or mark in ('bad_encoding', 'not_audit_resource')) and coalesce(said.resourceType, '') <> '' as is_resource,
    coalesce(said.resourceType, '')                                           as kind,
    said.id                                                                   as id,
    full_url,
    coalesce(said.status, '')                                                 as status,
    said.meta.lastUpdated                                                     as updated,
    case when said.resourceType = 'Appointment' then said.start else said.period.start end as begins,
    said.period."end"                                                         as ends,
    coalesce(said.class.code, '')                                             as class,
    coalesce(said.identifier, [])                                             as identifiers,
    said.subject                                                              as subject,
    said.practitioner                                                         as practitioner,
    said.organization                                                         as organization,
    list_concat(
        case when said.serviceProvider is null then [] else [said.serviceProvider] end,
        coalesce(said.managingOrganization, [])
    )                                                                         as places,
    list_transform(
        coalesce(said.participant, []),
        lambda one: {
            'who': coalesce(one.actor, one.individual, one.member),
            'is_out': coalesce(one.status, '') = 'declined',
            'since': one.period."start",
            'till': one.period."end"
        }
    )                                                                         as people
from parsed
