-- SPDX-License-Identifier: Apache-2.0
-- asked_searches: what each search asked for, so that one can be told to come after another.
-- reads   slice_events, habit_acts
-- gives   asked_searches: one row per search
-- binds   (none)
select
    x.actor,
    x.habit,
    x.half_hour,
    e.event_id,
    e.occurred_at,
    -- A date as people write it goes up with its year first.
    lower(regexp_replace(
        coalesce(e.query, e.object),
        '([0-3][0-9])(?:/|%2[Ff]|-)([01][0-9])(?:/|%2[Ff]|-)((?:19|20)[0-9][0-9])',
        '\3-\2-\1'
    )) as asked
from slice_events as e
join habit_acts as x
  on x.event_id = e.event_id
where e.action = 'search'
  and x.kind & 2 <> 0
