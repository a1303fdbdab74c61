-- SPDX-License-Identifier: Apache-2.0
-- moved_labels: labels after the roots that gave way.
-- reads   labels, hooks
-- gives   labels: one row per member of a set

select
    l.own_id,
    coalesce(h.parent, l.label) as label
from labels as l
left join hooks as h
  on h.root = l.label
