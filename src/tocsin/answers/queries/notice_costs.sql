-- SPDX-License-Identifier: Apache-2.0
-- notice_costs: what a threshold would cost: persons concerned who get no letter, letters that concern nobody.
-- reads   split_persons
-- gives   one row per threshold
-- binds   $thresholds
with

cuts as (
    select cast(unnest($thresholds) as double) as threshold
),

persons as (
    select
        c.threshold,
        p.p,
        p."class" = 'confirmed' or (p."class" <> 'excluded' and p.p >= c.threshold) as is_told
    from split_persons as p
    cross join cuts as c
)

select
    threshold,
    count(*) filter (where is_told)                                                          as letters,
    count(*) filter (where not is_told)                                                      as kept_off,
    round(coalesce(list_sum(list_sort(list(p) filter (where not is_told))), 0), 1)           as missed,
    round(coalesce(list_sum(list_sort(list(1 - p) filter (where is_told))), 0), 1)           as useless
from persons
group by threshold
order by threshold
