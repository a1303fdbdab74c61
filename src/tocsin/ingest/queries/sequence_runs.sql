-- SPDX-License-Identifier: Apache-2.0
-- sequence_runs: the unbroken runs of each node's counter in a chunk, in order of reading.
-- reads   cut
-- gives   sequences: one row per run
-- binds   $source, $file_number

with

counted as (
    select
        node,
        byte_offset,
        sequence,
        occurred_at,
        sequence - row_number() over (partition by node order by byte_offset, item) as run
    from cut
    where sequence is not null
      and fate <> 'non_event'
)

select
    $source                               as source,
    $file_number                          as file_number,
    node,
    min(byte_offset)                      as byte_offset,
    min(sequence)                         as first_sequence,
    max(sequence)                         as last_sequence,
    arg_min(occurred_at, sequence)        as first_at,
    arg_max(occurred_at, sequence)        as last_at
from counted
group by node, run
