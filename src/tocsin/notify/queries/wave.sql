-- SPDX-License-Identifier: Apache-2.0
-- wave: whoever no notice was released for, or whose facts have changed since the last one.
-- reads   recipients, notices
-- gives   one row per person of the next wave, by number

with

latest as (
    select
        person_id,
        max_by(facts, wave) as facts
    from notices
    group by person_id
)

select
    r.person_id,
    r.channel,
    r.reason,
    r.facts
from recipients as r
left join latest as l
  on l.person_id = r.person_id
where l.facts is distinct from r.facts
order by r.person_id
