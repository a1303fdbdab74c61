-- SPDX-License-Identifier: Apache-2.0
-- pack_counts: how many persons to inform each controller knows, by the way they are told.
-- reads   recipients, notices, controllers
-- gives   one row per controller, by its id; shared: persons whom another controller knows too

with

pairs as (
    select
        r.person_id,
        r.channel,
        c.controller,
        len(list_filter(r.controllers, lambda one: one is not null)) > 1 as is_shared
    from recipients as r
    cross join unnest(r.controllers) as c(controller)
    where c.controller is not null
),

released as (
    select
        person_id,
        max_by(channel, wave) as channel
    from notices
    group by person_id
),

named as (
    select
        controller,
        min(name) as name,
        min(finess) as finess
    from controllers
    group by controller
)

select
    q.controller,
    n.name,
    n.finess,
    count(*) as persons,
    count(*) filter (where q.is_shared) as shared,
    count(*) filter (where coalesce(s.channel, q.channel) = 'email') as email,
    count(*) filter (where coalesce(s.channel, q.channel) = 'post') as post,
    count(*) filter (where coalesce(s.channel, q.channel) = 'none') as none,
    count(*) filter (where coalesce(s.channel, q.channel) = 'suppressed') as suppressed
from pairs as q
left join released as s
  on s.person_id = q.person_id
left join named as n
  on n.controller = q.controller
group by
    q.controller,
    n.name,
    n.finess
order by q.controller
