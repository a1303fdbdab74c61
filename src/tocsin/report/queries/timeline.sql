-- timeline: how the scope unfolded.
-- reads   acts, shown
-- gives   one row per hour, day or month of the case's zone that has an event in scope
-- binds   $step, $zone

with

hours as (
    select
        date_trunc($step, occurred_at at time zone $zone) at time zone $zone as at,
        count(*) as events
    from acts
    group by at
),

seen as (
    select distinct
        date_trunc($step, occurred_at at time zone $zone) at time zone $zone as at,
        person_id
    from shown
    where level is not null
),

firsts as (
    select
        person_id,
        min(at) as at
    from seen
    group by person_id
),

persons as (
    select
        at,
        count(*) as persons
    from seen
    group by at
),

new_persons as (
    select
        at,
        count(*) as persons
    from firsts
    group by at
)

select
    h.at,
    h.events,
    coalesce(p.persons, 0) as persons,
    coalesce(n.persons, 0) as new_persons
from hours as h
left join persons as p
  on p.at = h.at
left join new_persons as n
  on n.at = h.at
order by h.at
