-- SPDX-License-Identifier: Apache-2.0
-- boundless: what has no bound, and so leaves a ceiling without one.
-- reads   bounds
-- gives   one row per part that has something without a bound

select
    part,
    count(*) as number,
    list(distinct what order by what) as what
from bounds
where bound is null
group by part
order by list_position(['unresolved', 'set_aside', 'gaps'], part)
