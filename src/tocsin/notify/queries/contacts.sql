-- SPDX-License-Identifier: Apache-2.0
-- contacts: every mailbox, address and telephone of whoever is written to, as given.
-- reads   files_told, standing, registry
-- gives   contacts: one row per person to inform and row of whoever is written to; rank 1 holds now

select
    f.person_id,
    f.email,
    f.address,
    f.phone,
    null as holder_name,
    f.rank
from files_told as f
join standing as s
  on s.person_id = f.person_id
where s.guardian is null
union all
select
    s.person_id,
    r.email,
    r.address,
    r.phone,
    concat_ws(' ', r.given_names, coalesce(r.used_name, r.family_name)) as holder_name,
    row_number() over (
        partition by s.person_id
        order by
            r.valid_until desc nulls first,
            r.valid_from desc nulls last,
            r.controller
    ) as rank
from standing as s
join registry as r
  on r.registry = s.guardian_registry
 and r.person = s.guardian
