-- SPDX-License-Identifier: Apache-2.0
-- twin_requests: requests of which more than one chunk holds an event, or whose first attempt was read anew.
--   Each chunk that holds a request has an event of it that is no retry of another in that chunk.
-- reads   asked
-- gives   one row per source and request
-- binds   $anew

with

firsts as (
    select
        source,
        request_hash,
        false as is_anew
    from asked
    where retry_of is null
    group by source, request_hash
    having count(*) > 1
),

moved as (
    select distinct
        source,
        request_hash,
        true as is_anew
    from asked
    where list_contains($anew, retry_of >> 40)
)

select
    source,
    request_hash,
    bool_or(is_anew) as is_anew
from (
    select * from firsts
    union all
    select * from moved
)
group by source, request_hash
