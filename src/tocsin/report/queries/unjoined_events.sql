-- SPDX-License-Identifier: Apache-2.0
-- unjoined_events: events in scope that another source may tell of too, joined to nothing.
-- reads   unjoined
-- gives   one row per reason and source

select
    reason,
    source,
    events
from unjoined
order by
    reason,
    source
