-- SPDX-License-Identifier: Apache-2.0
-- access_days: when and through what one person's data were shown; accounts are numbers, no name leaves.
-- reads   access_files, disclosures, events, judged, controllers
-- gives   one row per day, account, log, controller and whether the access is held to be without right
-- binds   $zone

with

named as (
    select
        controller,
        min(name) as name
    from controllers
    group by controller
),

accesses as (
    select
        d.event_id,
        d.occurred_at,
        cast(d.occurred_at at time zone cast($zone as varchar) as date) as day,
        e.source,
        e.account,
        coalesce(n.name, d.controller) as controller,
        coalesce(j.verdict = 'illegitimate', false) as is_held
    from disclosures as d
    join access_files as f
      on f.registry is not distinct from d.registry
     and f.person = d.person
    left join events as e
      on e.event_id = d.event_id
    left join judged as j
      on j.event_id = d.event_id
    left join named as n
      on n.controller = d.controller
    where f.is_sure
      and d.count_in is not null
),

numbered as (
    select
        account,
        row_number() over (order by min(occurred_at), account) as number
    from accesses
    where account is not null
    group by account
)

select
    min(a.occurred_at) as first_at,
    a.day,
    m.number as account,
    a.source,
    a.controller,
    a.is_held,
    count(distinct a.event_id) as accesses
from accesses as a
left join numbered as m
  on m.account = a.account
group by
    a.day,
    m.number,
    a.source,
    a.controller,
    a.is_held
order by
    a.day,
    m.number,
    a.source,
    a.controller,
    a.is_held
