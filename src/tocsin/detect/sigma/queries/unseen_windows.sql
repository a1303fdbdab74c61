-- SPDX-License-Identifier: Apache-2.0
-- unseen_windows: stretches that a source does not cover while the case does: its gaps, days in which it holds
--   nothing, and what lies before its first and after its last event when another source tells of that time, by
--   more than an hour.
-- reads   events, gaps, silent_days
-- gives   one row per source and stretch
-- binds   $sources
with

spans as (
    select
        source,
        min(occurred_at) as first_at,
        max(occurred_at) as last_at
    from events
    group by source
),

whole as (
    select
        min(first_at) as first_at,
        max(last_at)  as last_at
    from spans
),

watched as (
    select unnest(cast($sources as varchar[])) as source
),

stretches as (
    select
        g.source,
        g.from_at,
        g.until_at
    from gaps as g
    join watched as w
      on w.source = g.source
    union
    select
        d.source,
        d.from_at,
        d.until_at
    from silent_days as d
    join watched as w
      on w.source = d.source
    union
    select
        s.source,
        a.first_at as from_at,
        s.first_at as until_at
    from spans as s
    join watched as w
      on w.source = s.source
    cross join whole as a
    where s.first_at > a.first_at + interval 1 hour
    union
    select
        s.source,
        s.last_at as from_at,
        a.last_at as until_at
    from spans as s
    join watched as w
      on w.source = s.source
    cross join whole as a
    where s.last_at < a.last_at - interval 1 hour
    union
    select
        w.source,
        a.first_at as from_at,
        a.last_at  as until_at
    from watched as w
    anti join spans as s
      on s.source = w.source
    cross join whole as a
    where a.first_at is not null
)

select
    source,
    from_at,
    max(until_at) as until_at
from stretches
where from_at is not null
  and until_at is not null
group by source, from_at
