-- SPDX-License-Identifier: Apache-2.0
-- pack_sums: what the packs must add up to, counted by person.
-- reads   recipients
-- gives   one row: to inform, with no controller, of several, and times that these are named again

with

counted as (
    select len(list_filter(coalesce(controllers, cast([] as varchar[])), lambda one: one is not null)) as known_by
    from recipients
    where kind <> 'account'
)

select
    count(*) as to_inform,
    count(*) filter (where known_by = 0) as without,
    count(*) filter (where known_by > 1) as several,
    cast(coalesce(sum(known_by - 1) filter (where known_by > 1), 0) as bigint) as again
from counted
