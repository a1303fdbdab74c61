-- SPDX-License-Identifier: Apache-2.0
-- sequence_gaps: where a node's counter jumps and nothing that was read fills the jump.
--   1. files are taken in order of their first time, runs in order of reading
--   2. a counter that falls by more than 1,000, or into the run before, or back to 0 or 1, has been restarted
--      and begins a new epoch: numbers of two epochs are not compared. A run that is older than the one
--      before it was written late, or read twice: it restarts nothing
--   3. within an epoch, in order of the counter, what lies between the highest number so far and the next
--      run is missing
-- reads   sequences
-- gives   gaps: one row per jump
-- binds   (none)

with

placed as (
    select
        *,
        min(first_at) over (partition by source, node, file_number) as file_at
    from sequences
),

ordered as (
    select
        *,
        lag(first_sequence) over reading as first_before,
        lag(last_sequence) over reading  as last_before,
        lag(last_at) over reading        as last_at_before,
        min(first_at) over earlier       as oldest_before
    from placed
    window
        reading as (
            partition by source, node
            order by file_at, file_number, byte_offset, first_sequence
        ),
        earlier as (
            partition by source, node
            order by file_at, file_number, byte_offset, first_sequence
            rows between unbounded preceding and 1 preceding
        )
),

restarts as (
    select
        *,
        case
            when first_sequence <= 1 and first_before > 2 and first_at > oldest_before then 1
            when last_at < last_at_before then 0
            when last_before - first_sequence > 1000 then 1
            when first_sequence between first_before and last_before then 1
            when first_sequence <= 1 and last_before - first_sequence > 1 then 1
            else 0
        end as is_restart
    from ordered
),

epochs as (
    select
        *,
        sum(is_restart) over (
            partition by source, node
            order by file_at, file_number, byte_offset, first_sequence
            rows between unbounded preceding and current row
        ) as epoch
    from restarts
),

reached as (
    select
        source,
        node,
        first_sequence,
        first_at,
        max(last_sequence) over earlier as reached_sequence,
        arg_max(last_at, last_sequence) over earlier as reached_at
    from epochs
    window earlier as (
        partition by source, node, epoch
        order by first_sequence, last_sequence, file_at, file_number, byte_offset
        rows between unbounded preceding and 1 preceding
    )
)

select
    source,
    node,
    'sequence'                                           as kind,
    reached_at                                           as from_at,
    first_at                                             as until_at,
    cast(first_sequence - reached_sequence - 1 as bigint) as missing
from reached
where first_sequence > reached_sequence + 1
