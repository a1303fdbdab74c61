-- SPDX-License-Identifier: Apache-2.0
-- through: sources and accounts through which the persons were shown, the most persons first.
-- reads   reasons
-- gives   one row per source and account
select
    source,
    account,
    cast(count(*) as bigint) as persons,
    cast(sum(events) as bigint) as events
from reasons
group by
    source,
    account
order by
    persons desc,
    source,
    account
limit 50
