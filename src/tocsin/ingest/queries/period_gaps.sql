-- SPDX-License-Identifier: Apache-2.0
-- period_gaps: stretches at both ends of a source's declared period that hold no event.
--   A stretch counts when it is longer than an hour and than any silence between two of its events.
-- reads   events, periods
-- gives   gaps: one row per empty end
-- binds   (none)

with

minutes as (
    select distinct
        e.source,
        date_trunc('minute', e.occurred_at) as minute
    from events as e
    join periods as p
      on p.source = e.source
),

silences as (
    select
        source,
        minute - lag(minute) over (partition by source order by minute) as silence
    from minutes
),

longest as (
    select
        source,
        greatest(coalesce(max(silence), interval 0 minute), interval 1 hour) as silence
    from silences
    group by source
),

spans as (
    select
        p.source,
        p.from_at,
        p.until_at,
        min(e.occurred_at) as first_at,
        -- In the hour that came twice, the last record may be an hour older.
        max(
            e.occurred_at
            - case when list_contains(e.flags, 'hour_twice') then interval 1 hour else interval 0 hour end
        ) as last_at
    from periods as p
    left join events as e
      on e.source = p.source
     and (p.from_at is null or e.occurred_at >= p.from_at)
     and (p.until_at is null or e.occurred_at < p.until_at)
    group by p.source, p.from_at, p.until_at
),

ends as (
    select source, from_at, coalesce(first_at, until_at) as until_at from spans
    union all
    select source, last_at as from_at, until_at from spans where last_at is not null
)

select
    e.source,
    null        as node,
    'period'    as kind,
    e.from_at,
    e.until_at,
    null        as missing
from ends as e
left join longest as l
  on l.source = e.source
where e.from_at is not null
  and e.until_at is not null
  and e.until_at - e.from_at > coalesce(l.silence, interval 1 hour)
