-- SPDX-License-Identifier: Apache-2.0
-- search_steps: searches of a session that go up the alphabet, the calendar or the numbers.
-- reads   bucket_events, event_cuts
-- gives   search_steps: one row per session that searched twice
-- binds   (none)
with

searches as (
    select
        x.first_event_id as session,
        e.event_id,
        e.occurred_at,
        -- A date as people write it goes up with its year first.
        lower(regexp_replace(
            coalesce(e.query, e.object),
            '([0-3][0-9])(?:/|%2[Ff]|-)([01][0-9])(?:/|%2[Ff]|-)((?:19|20)[0-9][0-9])',
            '\3-\2-\1'
        )) as asked
    from bucket_events as e
    join event_cuts as x
      on x.event_id = e.event_id
    where e.action = 'search'
),

ordered as (
    select
        session,
        asked,
        lag(asked) over (
            partition by session
            order by occurred_at, event_id
        ) as asked_before
    from searches
)

select
    session,
    count(*)                                      as steps,
    count(*) filter (where asked > asked_before)  as rising
from ordered
where asked <> asked_before
group by session
