-- SPDX-License-Identifier: Apache-2.0
-- near_views: the first view of each person in each event of the accounts that act now, declared work left out.
-- reads   obtained_persons, declared
-- gives   near_views: one row per event and person
-- binds   (none)
select
    s.account,
    concat_ws(' ', s.registry, s.person) as person,
    s.event_id,
    s.occurred_at as seen_at
from obtained_persons as s
where not exists (
    select 1
    from declared as d
    where d.account = s.account
      and (d.from_at is null or s.occurred_at >= d.from_at)
      and (d.until_at is null or s.occurred_at < d.until_at)
)
