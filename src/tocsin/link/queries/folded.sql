-- SPDX-License-Identifier: Apache-2.0
-- folded: what each person had shown of each category; what is in no count stands only where nothing counts.
-- reads   shown
-- gives   folded: one row per person and category

select
    person_id,
    category,
    coalesce(min(certainty) filter (where counts), min(certainty)) as certainty,
    min(count_in) filter (where counts) as count_in,
    coalesce(min(occurred_at) filter (where counts), min(occurred_at)) as first_at,
    coalesce(max(occurred_at) filter (where counts), max(occurred_at)) as last_at,
    coalesce(nullif(count(*) filter (where counts), 0), count(*)) as events,
    case when bool_or(counts) then min(data_from) filter (where counts) else min(data_from) end as data_from,
    case when bool_or(counts) then max(data_until) filter (where counts) else max(data_until) end as data_until,
    bit_or(protection) as protection,
    min(first_controller) as first_controller,
    max(last_controller) as last_controller
from shown
group by
    person_id,
    category
