-- SPDX-License-Identifier: Apache-2.0
-- dropped_events: how many events of each file were the same record again.
-- reads   corrections
-- gives   one row per file that loses events
-- binds   (none)

select
    source,
    file_number,
    count(*) as events
from corrections
where is_dropped
group by source, file_number
order by source, file_number
