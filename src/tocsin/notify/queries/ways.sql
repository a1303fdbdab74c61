-- SPDX-License-Identifier: Apache-2.0
-- ways: how many persons each way and reason has.
-- reads   recipients
-- gives   one row per kind of notice, channel, reason and rule

select
    kind,
    channel,
    reason,
    rule,
    count(*) as persons
from recipients
group by
    kind,
    channel,
    reason,
    rule
order by
    kind = 'person' desc,
    kind,
    channel,
    reason,
    rule nulls first
