-- SPDX-License-Identifier: Apache-2.0
-- unresolved_reasons: why events in scope name nobody, and how many persons they can have shown.
-- reads   bounds
-- gives   one row per reason; the bound is null when one of its events has none

select
    what as reason,
    count(*) as events,
    case
        when count(*) = count(bound)
        then least(sum(bound), 1000000000000000)::bigint
    end as bound
from bounds
where part = 'unresolved'
group by what
order by what
