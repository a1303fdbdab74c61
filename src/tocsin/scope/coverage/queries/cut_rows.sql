-- SPDX-License-Identifier: Apache-2.0
-- cut_rows: files that end in the middle of a record: what came after it, up to the next file, was not read.
--   It is a hole where the source was to cover that stretch, it has no counter, and an hour or more lies empty.
-- reads   files, set_aside, events, sequences, source_facts
-- gives   cut_rows: one row per file, in the shape of `coverage`
with told as (
    select
        source,
        file_number,
        max(byte_offset) as last_offset,
        min(occurred_at) as first_at,
        -- In the hour that came twice, the last record may be an hour older.
        max(
            occurred_at
            - case when list_contains(flags, 'hour_twice') then interval 1 hour else interval 0 hour end
        ) as last_at
    from events
    where occurred_at is not null
    group by
        source,
        file_number
),
broken as (
    select
        file_number,
        max(byte_offset) as broken_offset
    from set_aside
    where reason = 'broken'
    group by file_number
),
cut as (
    select
        t.source,
        t.file_number,
        t.last_at,
        f.bytes
    from told as t
    inner join files as f
        on f.file_number = t.file_number
        and not f.duplicate
        and f.complete_bytes < f.bytes
    inner join broken as b
        on b.file_number = t.file_number
        and b.broken_offset > t.last_offset
        and b.broken_offset >= f.complete_bytes
),
followed as (
    select
        c.*,
        min(n.first_at) as next_at
    from cut as c
    left join told as n
        on n.source = c.source
        and n.file_number <> c.file_number
        and n.first_at >= c.last_at
    group by all
)
select
    c.source,
    cast(null as varchar) as node,
    'cut' as test,
    c.last_at as from_at,
    coalesce(c.next_at, f.period_until, c.last_at) as until_at,
    cast(null as varchar) as account,
    cast(null as bigint) as most_records,
    to_json({'file': c.file_number, 'bytes': c.bytes}) as figures,
    f.period_from is not null
    and f.period_until is not null
    and coalesce(c.next_at, f.period_until) - c.last_at >= interval 1 hour
    and not exists (select 1 from sequences as s where s.source = c.source) as is_hole
from followed as c
inner join source_facts as f
    on f.source = c.source
