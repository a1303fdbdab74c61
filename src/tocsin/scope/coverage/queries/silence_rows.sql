-- SPDX-License-Identifier: Apache-2.0
-- silence_rows: the silences, told apart: a hole in the logs, a service that was shut, or nothing that is missing.
--   1. a silence is a hole where the source was to cover the stretch and nothing counts what is missing: no
--      counter (or one that an attacker could have renumbered), no jump of it
--   2. at an end of the declared period a counter tells nothing of what came before or after, but that a node
--      whose first number is 0 or 1 began then
--   3. where another source shows that the service refused all that was asked of it meanwhile, nobody could act,
--      and nothing is missing
-- reads   silences, busy, gaps, sequences, source_facts
-- gives   silence_rows: one row per silence, in the shape of `coverage`
with counted as (
    select
        source,
        node,
        arg_min(first_sequence, first_at) as first_sequence
    from sequences
    group by
        source,
        node
),
meanwhile as (
    select
        s.source,
        s.node,
        s.from_at,
        s.until_at,
        b.source as other,
        sum(b.refused) as refused,
        sum(b.events) as events
    from silences as s
    inner join busy as b
        on b.source <> s.source
        and b.node is null
        and b.hour > s.from_at
        and b.hour + interval 1 hour <= s.until_at
    group by
        s.source,
        s.node,
        s.from_at,
        s.until_at,
        b.source
),
shut as (
    select
        source,
        node,
        from_at,
        until_at,
        min(other) as other
    from meanwhile
    where events >= 10
        and refused >= 0.99 * events
    group by
        source,
        node,
        from_at,
        until_at
),
known as (
    select
        s.*,
        exists (
            select 1
            from counted as c
            where c.source = s.source
                and (s.node is null or c.node is not distinct from s.node)
        ) as is_counted,
        s.until_at = f.period_until
        or (
            s.from_at = f.period_from
            and exists (
                select 1
                from counted as c
                where c.source = s.source
                    and (s.node is null or c.node is not distinct from s.node)
                    and c.first_sequence > 1
            )
        ) as is_edge,
        exists (
            select 1
            from gaps as g
            where g.source = s.source
                and (s.node is null or g.node is null or g.node = s.node)
                and g.from_at <= s.from_at + interval 1 minute
                and g.until_at >= s.until_at - interval 1 minute
        ) as has_jump
    from silences as s
    inner join source_facts as f
        on f.source = s.source
)
select
    s.source,
    s.node,
    case
        when h.other is not null then 'shut'
        when s.is_counted and not s.has_jump and not coalesce(s.is_edge, false) then 'quiet'
        else 'silence'
    end as test,
    s.from_at,
    s.until_at,
    cast(null as varchar) as account,
    cast(null as bigint) as most_records,
    to_json({
        'expected': s.expected,
        'tried': s.trials,
        'log10_p': round(s.log10_p, 1),
        'other': h.other
    }) as figures,
    f.period_from is not null
    and f.period_until is not null
    and s.from_at < f.period_until
    and s.until_at > f.period_from
    and h.other is null
    and not s.has_jump
    and (not s.is_counted or f.custody = 'attacker-reachable' or s.is_edge) as is_hole
from known as s
inner join source_facts as f
    on f.source = s.source
left join shut as h
    on h.source = s.source
    and h.node is not distinct from s.node
    and h.from_at = s.from_at
    and h.until_at = s.until_at
