-- SPDX-License-Identifier: Apache-2.0
-- homes: the organisation of each account, as a number; an account without one is its own.
-- reads   actors
-- gives   homes: one row per account
-- binds   (none)
select
    actor,
    cast(dense_rank() over (
        order by organisation, case when organisation is null then actor end
    ) as integer) as home
from actors
