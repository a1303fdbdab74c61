-- SPDX-License-Identifier: Apache-2.0
-- path_shapes: by which paths accounts reached persons; what stands for a person or a record is left out.
-- reads   slice_events, numbered_persons
-- gives   path_shapes: one row per slice, account and shape of path
-- binds   (none)
select
    e.account,
    regexp_replace(e.object, '[^/]*[0-9][^/]*', '*', 'g') as shape,
    min(e.occurred_at)                                    as first_at,
    max(e.occurred_at)                                    as last_at,
    count(*)                                              as events
from slice_events as e
semi join numbered_persons as v
  on v.event_id = e.event_id
where e.object is not null
group by e.account, shape
