-- SPDX-License-Identifier: Apache-2.0
-- asked_objects: what was asked for, once each, cut at its slashes.
-- reads   scoped
-- gives   asked_objects: one row per source, action and object
-- binds   $deepest
select
    row_number() over (order by source, action, object) as object_id,
    source,
    action,
    object,
    -- What lies deeper is one tail.
    list_slice(string_split(object, '/'), 1, $deepest) as segments,
    len(string_split(object, '/')) > $deepest as has_tail,
    cast(count(*) as bigint) as events,
    cast(count(*) filter (where kind = 'open') as bigint) as open
from scoped
where object is not null
group by
    source,
    action,
    object
