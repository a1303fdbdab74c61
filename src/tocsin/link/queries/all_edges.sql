-- SPDX-License-Identifier: Apache-2.0
-- all_edges: the ties that are left, between the sets that the sure ones made.
-- reads   ties, labels
-- gives   edges: one row per pair of sets

select distinct
    least(l.label, u.label) as lower_id,
    greatest(l.label, u.label) as upper_id
from ties as t
join labels as l
  on l.own_id = t.lower_id
join labels as u
  on u.own_id = t.upper_id
where l.label <> u.label
