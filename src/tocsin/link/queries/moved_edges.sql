-- SPDX-License-Identifier: Apache-2.0
-- moved_edges: edges between the roots that are left.
-- reads   edges, hooks
-- gives   edges: one row per pair of roots still to be joined

with

moved as (
    select
        coalesce(l.parent, e.lower_id) as one,
        coalesce(u.parent, e.upper_id) as other
    from edges as e
    left join hooks as l
      on l.root = e.lower_id
    left join hooks as u
      on u.root = e.upper_id
)

select distinct
    least(one, other) as lower_id,
    greatest(one, other) as upper_id
from moved
where one <> other
