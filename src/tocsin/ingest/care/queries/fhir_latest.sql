-- SPDX-License-Identifier: Apache-2.0
-- fhir_latest: the last version of each resource that is told several times; what names itself nowhere stands alone.
-- reads   fhir_resources
-- gives   fhir_latest: one row per resource
-- binds   (none)
select *
from fhir_resources
where is_resource
  and kind in ('Appointment', 'Encounter', 'CareTeam', 'Patient', 'Practitioner', 'PractitionerRole', 'Organization')
qualify row_number() over (
    partition by kind, coalesce(id, full_url, cast(message as varchar))
    order by updated desc nulls last, message desc
) = 1
