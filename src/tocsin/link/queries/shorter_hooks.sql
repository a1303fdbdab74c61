-- SPDX-License-Identifier: Apache-2.0
-- shorter_hooks: hooks with the parent's own parent in its place.
-- reads   hooks
-- gives   hooks: one row per root that gives way

select
    h.root,
    coalesce(p.parent, h.parent) as parent
from hooks as h
left join hooks as p
  on p.root = h.parent
