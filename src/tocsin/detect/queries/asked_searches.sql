-- SPDX-License-Identifier: Apache-2.0
-- asked_searches: what each search asked for, so that one can be told to come after another.
-- reads   slice_events, actors
-- gives   asked_searches: one row per search
-- binds   (none)
select
    e.event_id,
    e.occurred_at,
    a.actor,
    -- A date as people write it goes up with its year first.
    lower(regexp_replace(
        coalesce(e.query, e.object),
        '([0-3][0-9])(?:/|%2[Ff]|-)([01][0-9])(?:/|%2[Ff]|-)((?:19|20)[0-9][0-9])',
        '\3-\2-\1'
    )) as asked
from slice_events as e
join actors as a
  on a.account = e.account
where e.action = 'search'
