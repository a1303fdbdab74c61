-- SPDX-License-Identifier: Apache-2.0
-- ways: how many persons each way and reason has.
-- reads   recipients
-- gives   one row per channel, reason and rule

select
    channel,
    reason,
    rule,
    count(*) as persons
from recipients
group by
    channel,
    reason,
    rule
order by
    channel,
    reason,
    rule nulls first
