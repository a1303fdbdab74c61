-- SPDX-License-Identifier: Apache-2.0
-- asked_searches: what each search asked for, so that one can be told to come after another.
-- reads   habit_acts
-- gives   asked_searches: one row per search
-- binds   (none)
select
    actor,
    habit,
    half_hour,
    event_id,
    occurred_at,
    -- A date as people write it goes up with its year first.
    lower(regexp_replace(
        coalesce(query, object),
        '([0-3][0-9])(?:/|%2[Ff]|-)([01][0-9])(?:/|%2[Ff]|-)((?:19|20)[0-9][0-9])',
        '\3-\2-\1'
    )) as asked
from habit_acts
where action = 'search'
