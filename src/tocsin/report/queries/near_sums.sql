-- SPDX-License-Identifier: Apache-2.0
-- near_sums: events nearer to a bound of a suspect's period than their source's clock can be trusted.
-- reads   near_boundary
-- gives   one row

select
    count(*) filter (where in_scope) as in_scope,
    count(*) filter (where not in_scope) as outside
from near_boundary
