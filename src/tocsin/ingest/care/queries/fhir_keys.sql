-- SPDX-License-Identifier: Apache-2.0
-- fhir_keys: the names by which a reference may call a resource.
-- reads   fhir_latest
-- gives   fhir_keys: one row per name
-- binds   (none)
with

named as (
    select fhir_reference(full_url) as name, * from fhir_latest where full_url is not null
    union all
    select kind || '/' || id as name, * from fhir_latest where id is not null
)

select name, any_value(kind) as kind, any_value(id) as id, any_value(identifiers) as identifiers,
    any_value(practitioner) as practitioner, any_value(organization) as organization
from named
where kind in ('Patient', 'Practitioner', 'PractitionerRole', 'Organization')
group by name
