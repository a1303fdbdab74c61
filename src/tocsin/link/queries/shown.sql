-- SPDX-License-Identifier: Apache-2.0
-- shown: disclosures as numbers; 1 is the strongest certainty and the narrowest count.
-- reads   disclosures, exposed, controller_numbers
-- gives   shown: one row per event, person, category, and whether it counts

select
    x.person_id,
    d.category,
    d.event_id,
    d.count_in is not null and not x.test_identity as counts,
    min(case d.certainty
        when 'taken' then 1
        when 'shown' then 2
        when 'reconstructed' then 3
        when 'reachable' then 4
        when 'unassessable' then 5
        else 6
    end)::tinyint as certainty,
    min(case d.count_in
        when 'floor' then x.narrowest
        when 'best' then 2
        when 'ceiling' then 3
    end)::tinyint as count_in,
    min(d.occurred_at) as occurred_at,
    min(d.data_from) as data_from,
    max(d.data_until) as data_until,
    bit_or(case d.protection
        when 'clear' then 1
        when 'encrypted' then 2
        else 4
    end)::tinyint as protection,
    min(c.number) as first_controller,
    max(c.number) as last_controller
from disclosures as d
join exposed as x
  on x.registry is not distinct from d.registry
 and x.person = d.person
left join controller_numbers as c
  on c.controller = d.controller
group by
    x.person_id,
    d.category,
    d.event_id,
    counts
