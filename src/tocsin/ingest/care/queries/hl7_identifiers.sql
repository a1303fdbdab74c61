-- SPDX-License-Identifier: Apache-2.0
-- hl7_identifiers: the identifiers of PID-3 and of MRG-1, each with its authority.
-- reads   hl7_messages
-- gives   told_identifiers: one row per message and identifier
-- binds   (none)
with

listed as (
    select message, 'patient' as part, unnest(patients) as cx, generate_subscripts(patients, 1) as place
    from hl7_messages
    union all
    select message, 'prior' as part, unnest(priors) as cx, generate_subscripts(priors, 1) as place
    from hl7_messages
)

select
    message,
    part,
    place,
    cx.id,
    cx.name,
    cx.oid,
    cx.kind
from listed
