-- SPDX-License-Identifier: Apache-2.0
-- registry_rows: the persons whom files alone name, as rows of a registry under the name of the [[files]].
-- reads   grouped, file_controllers
-- gives   registry: one row per [[files]] and person
select
    g.files as registry,
    g.person,
    c.controller,
    g.nir,
    g.ins,
    null as ins_oid,
    null as birth_rank,
    g.family_name,
    g.used_name,
    g.given_names,
    g.sex,
    g.birth_date,
    g.birth_place,
    g.phone,
    g.email,
    null as address,
    null as deceased,
    null as guardian,
    null as valid_from,
    null as valid_until,
    null as original,
    null as doubts,
    null as stands_in
from grouped as g
left join file_controllers as c
    on c.files = g.files
where g.registry = g.files
