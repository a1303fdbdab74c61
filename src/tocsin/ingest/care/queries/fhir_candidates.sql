-- SPDX-License-Identifier: Apache-2.0
-- fhir_candidates: the names of each professional and organisation that a resource names; the RPPS comes first.
-- reads   fhir_roles, fhir_keys
-- gives   fhir_candidates: one row per resource, reference and name
-- binds   (none)
with

treating as (
    select
        *,
        coalesce(name, '') || ' ' || coalesce(identifier.value, '') as reference
    from fhir_roles
    where kind <> 'Patient'
      and not is_out
),

held as (
    select
        name,
        unnest(identifiers)                as held,
        generate_subscripts(identifiers, 1) as place
    from fhir_keys
)

select
    r.message,
    r.kind,
    r.reference,
    r.since,
    r.till,
    h.held.value                       as who,
    case
        when h.held.system in ('urn:oid:1.2.250.1.71.4.2.1', 'https://rpps.esante.gouv.fr', 'http://rpps.fr') then 0
        else 1
    end                                as turn,
    h.place
from treating as r
join held as h
  on h.name = r.name
union all
select
    message,
    kind,
    reference,
    since,
    till,
    identifier.value                   as who,
    0                                  as turn,
    0                                  as place
from treating
where identifier is not null
union all
select
    message,
    kind,
    reference,
    since,
    till,
    split_part(name, '/', 2)           as who,
    2                                  as turn,
    1000                               as place
from treating
where name like '%/%'
