-- SPDX-License-Identifier: Apache-2.0
-- fhir_identifiers: of the patients named, their identifiers by system, and the id under which the server has them.
--   Where the Patient is there and has identifiers, the server's id stands for a local id only where no registry
--   declares its domain.
-- reads   fhir_roles, fhir_keys
-- gives   told_identifiers: one row per resource and identifier
-- binds   (none)
with

patients as (
    select
        r.message,
        r.name as reference,
        r.identifier,
        coalesce(k.identifiers, []) as identifiers
    from fhir_roles as r
    left join fhir_keys as k
      on k.name = r.name
    where r.kind = 'Patient'
),

listed as (
    select message, unnest(identifiers) as one, generate_subscripts(identifiers, 1) as place from patients
    union all
    select message, identifier as one, 0 as place from patients where identifier is not null
)

select
    message,
    'patient'                                                as part,
    place,
    one.value                                                as id,
    coalesce(one.system, '')                                 as name,
    regexp_extract(coalesce(one.system, ''), '^urn:oid:(.+)$', 1) as oid,
    ''                                                       as kind
from listed
where one.value <> ''
union all
select
    message,
    'patient'                                                as part,
    -1                                                       as place,
    split_part(reference, '/', 2)                            as id,
    case when len(identifiers) > 0 or identifier is not null then 'server' else '' end as name,
    ''                                                       as oid,
    'PI'                                                     as kind
from patients
where reference like 'Patient/%'
