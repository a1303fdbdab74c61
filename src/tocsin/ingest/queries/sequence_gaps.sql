-- SPDX-License-Identifier: Apache-2.0
-- sequence_gaps: where a node's counter jumps and nothing that was read fills the jump.
--   1. runs are taken in order of reading; a counter that falls back by more than 1,000, or to 0 or 1,
--      has been restarted and begins a new epoch: numbers of two epochs are not compared
--   2. within an epoch, in order of the counter, what lies between the highest number so far and the next
--      run is missing
-- reads   sequences
-- gives   gaps: one row per jump
-- binds   (none)

with

ordered as (
    select
        *,
        max(last_sequence) over (
            partition by source, node
            order by file_number, byte_offset
            rows between unbounded preceding and 1 preceding
        ) as highest_before
    from sequences
),

restarts as (
    select
        *,
        case
            when highest_before - first_sequence > 1000 then 1
            when first_sequence <= 1 and highest_before > first_sequence then 1
            else 0
        end as is_restart
    from ordered
),

epochs as (
    select
        *,
        sum(is_restart) over (
            partition by source, node
            order by file_number, byte_offset
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
        order by first_sequence, last_sequence, file_number, byte_offset
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
