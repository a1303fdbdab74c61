-- SPDX-License-Identifier: Apache-2.0
-- link_templates: what may explain that somebody is seen: each [[relations]] by its name, and 0, one's own record.
-- reads   relations
-- gives   link_templates: one row per template
-- binds   (none)
select
    cast(0 as smallint) as template,
    null                as relations
union all
select
    cast(row_number() over (order by relations) as smallint) as template,
    relations
from (select distinct relations from relations) as names
