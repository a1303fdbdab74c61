-- SPDX-License-Identifier: Apache-2.0
-- boundless: what has no bound, and so leaves a ceiling without one.
-- reads   bounds
-- gives   one row per part that has something without a bound

with

parts as (
    select
        -- What an event may have shown beyond whom it told is as unresolved as an event that told nobody.
        case part when 'partial' then 'unresolved' else part end as part,
        what
    from bounds
    where bound is null
)

select
    part,
    count(*) as number,
    list(distinct what order by what) as what
from parts
group by part
order by list_position(['unresolved', 'set_aside', 'gaps'], part)
