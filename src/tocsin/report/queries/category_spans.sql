-- SPDX-License-Identifier: Apache-2.0
-- category_spans: when each category was shown, of which period its data are, and in which forms.
-- reads   exposure, disclosures
-- gives   one row per category disclosed

with

spans as (
    select
        category,
        count_in,
        first_at,
        last_at,
        data_from,
        data_until,
        protection
    from exposure
    union all
    select
        category,
        count_in,
        occurred_at,
        occurred_at,
        data_from,
        data_until,
        [protection]
    from disclosures
    where person is null
),

forms as (
    select
        category,
        list(distinct form order by form) as protection
    from (
        select
            category,
            unnest(protection) as form
        from spans
    )
    group by category
)

select
    s.category,
    min(s.first_at) filter (where s.count_in is not null) as first_at,
    max(s.last_at) filter (where s.count_in is not null) as last_at,
    min(s.data_from) filter (where s.count_in is not null) as data_from,
    max(s.data_until) filter (where s.count_in is not null) as data_until,
    any_value(f.protection) as protection
from spans as s
join forms as f
  on f.category = s.category
group by s.category
order by s.category
