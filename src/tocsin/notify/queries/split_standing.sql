-- SPDX-License-Identifier: Apache-2.0
-- split_standing: persons seen in sessions that owner and thief may have shared, and whom a decision keeps off.
--   Somebody whom another way also showed, of an account that was not split, is kept off by none; nor is anybody
--   by an id of which nothing tells whose it is.
-- reads   split_persons, split_sessions, persons, disclosures, judged, suspects
-- gives   split_standing: one row per person
with

divided as (
    select
        p.person_id,
        p.registry,
        p.person,
        case when s.registry is not null then s.kept_off end as kept_off,
        s.decision
    from split_persons as s
    join persons as p
      on p.person = s.person
     and coalesce(s.registry, '') in ('', p.registry)
),

shown_otherwise as (
    select distinct v.person_id
    from divided as v
    join disclosures as d
      on d.registry = v.registry
     and d.person = v.person
    join judged as j
      on j.event_id = d.event_id
    join suspects as u
      on u.suspect_id = j.suspect_id
    anti join split_sessions as s
      on s.session_id = u.session_id
    where v.kept_off is not null
)

select
    v.person_id,
    case
        when bool_or(v.kept_off is null) or bool_or(o.person_id is not null) then null
        else concat_ws(' ', 'split:', max(v.kept_off), '#' || cast(max(v.decision) as varchar))
    end as rule
from divided as v
left join shown_otherwise as o
  on o.person_id = v.person_id
group by v.person_id
