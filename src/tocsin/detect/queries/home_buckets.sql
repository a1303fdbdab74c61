-- SPDX-License-Identifier: Apache-2.0
-- home_buckets: organisations that begin among these accounts, and the accounts they reach to.
-- reads   homes
-- gives   one row: first and last organisation, first and last account; zeros where none begins
-- binds   $first, $last
with

reaches as (
    select
        home,
        min(actor) as first_actor,
        max(actor) as last_actor
    from homes
    group by home
)

select
    coalesce(min(home), 0)        as first_home,
    coalesce(max(home), 0)        as last_home,
    coalesce(min(first_actor), 0) as first_actor,
    coalesce(max(last_actor), 0)  as last_actor
from reaches
where first_actor between $first and $last
