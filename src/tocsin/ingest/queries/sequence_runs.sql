-- SPDX-License-Identifier: Apache-2.0
-- sequence_runs: the unbroken runs of each node's counter in a chunk.
--   1. records are taken in order of reading; a record told not to be an event has its number all the same,
--      one that stands twice has not. One that was cut before its node is a run of its own: its counter is
--      not known yet
--   2. a counter that falls by more than 1,000, or back to 0 or 1, while time goes on, has been restarted: a
--      new epoch; a number that only comes late fills its place. The first number of all is late only where
--      nothing read before it is older: else the clock was set back too
--   3. within an epoch, numbers that follow one another are one run, in whatever order they were written
-- reads   cut
-- gives   sequences: one row per run
-- binds   $source, $file_number

with

counted as (
    select
        node,
        byte_offset,
        item,
        -- Wide, since a damaged number may be anything, and the difference of two more than that.
        cast(sequence as hugeint) as sequence,
        occurred_at,
        -- In the hour that came twice, the time is the later reading.
        occurred_at - case when list_contains(flags, 'hour_twice') then interval 1 hour else interval 0 hour end
            as earliest_at,
        reason in ('broken', 'too_long', 'key_twice') and node is null as node_unread
    from cut
    where sequence is not null
      and reason <> 'duplicate_record'
),

numbered as (
    select
        *,
        lag(sequence) over reading    as sequence_before,
        lag(occurred_at) over reading as occurred_before,
        min(occurred_at) over earlier as oldest_before
    from counted
    where not node_unread
    window
        reading as (partition by node order by byte_offset, item),
        earlier as (
            partition by node
            order by byte_offset, item
            rows between unbounded preceding and 1 preceding
        )
),

restarts as (
    select
        *,
        case
            when sequence <= 1 and sequence_before > 2 and occurred_at > oldest_before then 1
            when occurred_at < occurred_before then 0
            when sequence_before - sequence > 1000 then 1
            when sequence <= 1 and sequence_before - sequence > 1 then 1
            else 0
        end as is_restart
    from numbered
),

epochs as (
    select
        *,
        sum(is_restart) over (
            partition by node
            order by byte_offset, item
            rows between unbounded preceding and current row
        ) as epoch
    from restarts
),

islands as (
    select
        *,
        sequence - dense_rank() over (partition by node, epoch order by sequence) as run
    from epochs
)

select
    $source                               as source,
    $file_number                          as file_number,
    node,
    false                                 as node_unread,
    min(byte_offset)                      as byte_offset,
    cast(min(sequence) as bigint)         as first_sequence,
    cast(max(sequence) as bigint)         as last_sequence,
    arg_min(occurred_at, sequence)        as first_at,
    arg_min(earliest_at, sequence)        as first_earliest,
    arg_max(occurred_at, sequence)        as last_at,
    arg_max(earliest_at, sequence)        as last_earliest
from islands
group by node, epoch, run
union all
select distinct
    $source,
    $file_number,
    node,
    true,
    byte_offset,
    cast(sequence as bigint),
    cast(sequence as bigint),
    occurred_at,
    earliest_at,
    occurred_at,
    earliest_at
from counted
where node_unread
