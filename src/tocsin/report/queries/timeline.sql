-- SPDX-License-Identifier: Apache-2.0
-- timeline: how the scope unfolded.
-- reads   acts, shown
-- gives   one row per hour, day or month of the case's zone that has an event in scope
-- binds   $step, $zone

with

hours as (
    select
        date_trunc($step, occurred_at at time zone $zone) at time zone $zone as bucket,
        count(*) as events
    from acts
    group by bucket
),

seen as (
    select distinct
        date_trunc($step, occurred_at at time zone $zone) at time zone $zone as bucket,
        person_id
    from shown
    where level is not null
),

firsts as (
    select
        person_id,
        min(bucket) as bucket
    from seen
    group by person_id
),

persons as (
    select
        bucket,
        count(*) as persons
    from seen
    group by bucket
),

new_persons as (
    select
        bucket,
        count(*) as persons
    from firsts
    group by bucket
)

select
    h.bucket as "at",
    h.events,
    coalesce(p.persons, 0) as persons,
    coalesce(n.persons, 0) as new_persons
from hours as h
left join persons as p
  on p.bucket = h.bucket
left join new_persons as n
  on n.bucket = h.bucket
order by h.bucket
