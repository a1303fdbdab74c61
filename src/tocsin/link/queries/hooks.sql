-- SPDX-License-Identifier: Apache-2.0
-- hooks: each root that an edge joins to a smaller one goes under the smallest of these.
-- reads   edges
-- gives   hooks: one row per root that gives way

select
    upper_id as root,
    min(lower_id) as parent
from edges
group by upper_id
