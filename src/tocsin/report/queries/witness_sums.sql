-- SPDX-License-Identifier: Apache-2.0
-- witness_sums: acts in scope that several sources tell of, and what that settles or leaves open.
-- reads   witnesses
-- gives   one row

with

told as (
    select
        act_id,
        count(settled_by) as settled,
        bool_or(not in_scope) as reaches_out,
        bool_or(disagrees is not null) as contradicted
    from witnesses
    group by act_id
)

select
    count(*) as acts,
    coalesce(sum(settled), 0)::bigint as settled,
    count(*) filter (where contradicted) as contradicted,
    count(*) filter (where reaches_out) as out_of_scope
from told
