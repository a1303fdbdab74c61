-- SPDX-License-Identifier: Apache-2.0
-- sequence_gaps: where a node's counter jumps and nothing that was read fills the jump.
--   0. a record cut before its node has the one that the records of its file name, all the same one; where its
--      file has none that is counted, the one of its source. Where there are several it is in no counter, and
--      its number stays missing. A number that the node has is no other record
--   1. files are taken in order of their first time, runs in order of reading
--   2. a counter that falls by more than 1,000, or into the run before, or back to 0 or 1, has been restarted
--      and begins a new epoch: numbers of two epochs are not compared. A run that is older than the one
--      before it was written late, or read twice: it restarts nothing
--   3. within an epoch, in order of the counter, what lies between the highest number so far and the next
--      run is missing (10^12 at most: no log loses more, and a damaged number may be anything), between the earliest and the latest time that the records beside it may have
-- reads   sequences
-- gives   gaps: one row per jump
-- binds   (none)

with

told as (
    select * replace (
        cast(first_sequence as hugeint) as first_sequence,
        cast(last_sequence as hugeint) as last_sequence
    )
    from sequences
    where not coalesce(node_unread, false)
),

-- A source, or a file of it, and the node that its records name: a list of one, since it may be null.
nodes_of_files as (
    select
        source,
        file_number,
        list(distinct {'node': node}) as nodes
    from told
    group by
        source,
        file_number
),

nodes_of_sources as (
    select
        source,
        list(distinct {'node': node}) as nodes
    from told
    group by source
),

unread as (
    select
        u.* replace (coalesce(f.nodes, s.nodes)[1].node as node),
        coalesce(f.nodes, s.nodes) as nodes
    from sequences as u
    left join nodes_of_files as f
      on f.source = u.source
     and f.file_number = u.file_number
    left join nodes_of_sources as s
      on s.source = u.source
    where u.node_unread
),

placed as (
    select
        *,
        min(first_at) over (partition by source, node, file_number) as file_at
    from (
        select *
        from told
        union all
        select * exclude (nodes)
        from unread as u
        where coalesce(len(u.nodes), 1) = 1
          and not exists (
              select 1
              from told as t
              where t.source = u.source
                and t.node is not distinct from u.node
                and u.first_sequence between t.first_sequence and t.last_sequence
          )
    )
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
        first_value(first_at ignore nulls) over later                  as first_at,
        first_value(coalesce(first_earliest, first_at) ignore nulls) over later as first_earliest,
        max(last_sequence) over earlier                                as reached_sequence,
        arg_max(last_at, last_sequence) over earlier                   as reached_at,
        arg_max(coalesce(last_earliest, last_at), last_sequence) over earlier as reached_earliest
    from epochs
    window
        earlier as (
            partition by source, node, epoch
            order by first_sequence, last_sequence, file_at, file_number, byte_offset
            rows between unbounded preceding and 1 preceding
        ),
        later as (
            partition by source, node, epoch
            order by first_sequence, last_sequence, file_at, file_number, byte_offset
            rows between current row and unbounded following
        )
)

select
    source,
    node,
    'sequence'                                                            as kind,
    -- A bound that nothing tells stays open: least and greatest pass over what is null.
    case when reached_at is not null then least(reached_earliest, first_earliest) end as from_at,
    case when first_at is not null then greatest(first_at, reached_at) end as until_at,
    cast(least(first_sequence - reached_sequence - 1, 1000000000000) as bigint) as missing
from reached
where first_sequence > reached_sequence + 1
