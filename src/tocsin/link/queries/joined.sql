-- SPDX-License-Identifier: Apache-2.0
-- joined: what the ties make of each local id that has one.
-- reads   ties, labels, sure_labels
-- gives   joined: one row per local id that has a tie

with

ends as (
    select
        lower_id as own_id,
        kind
    from ties
    union all
    select
        upper_id,
        kind
    from ties
)

select
    l.own_id,
    l.label as person_id,
    s.label as sure_id,
    min(e.kind) as reason
from labels as l
join sure_labels as s
  on s.own_id = l.own_id
join ends as e
  on e.own_id = l.own_id
group by
    l.own_id,
    l.label,
    s.label
