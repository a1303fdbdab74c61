-- SPDX-License-Identifier: Apache-2.0
-- nothing_shown_reasons: why events in scope showed nothing.
-- reads   nothing_shown
-- gives   one row per reason

select
    reason,
    count(*) as events
from nothing_shown
group by reason
order by reason
