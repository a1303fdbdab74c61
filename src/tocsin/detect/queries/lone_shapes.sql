-- SPDX-License-Identifier: Apache-2.0
-- lone_shapes: paths to persons that one account alone took.
-- reads   path_shapes, actors
-- gives   lone_shapes: one row per shape of path
-- binds   (none)
select
    shape,
    any_value(account)            as account,
    min(first_at)                 as first_at,
    max(last_at)                  as last_at,
    cast(sum(events) as bigint)   as events
from path_shapes
where (select count(*) from actors) >= 20
group by shape
having count(distinct account) = 1
