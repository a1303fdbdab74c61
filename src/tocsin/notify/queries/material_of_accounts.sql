-- SPDX-License-Identifier: Apache-2.0
-- material_of_accounts: what the notices of holders of stolen accounts are written from.
-- reads   recipients, wanted, events, judged, accounts
-- gives   one row per holder wanted, by number
-- binds   $zone, $listed

with

held as (
    select r.*
    from recipients as r
    join wanted as w
      on w.person_id = r.person_id
    where r.kind = 'account'
),

foreign_events as (
    select
        h.person_id,
        e.event_id,
        e.occurred_at,
        e.source,
        e.action,
        coalesce(e.record_type, e.object_type) as thing,
        e.action in ('create', 'update', 'delete', 'share', 'export', 'download', 'upload')
        and e.outcome <> 'failure' as is_act
    from held as h
    join events as e
      on e.account = h.person
    join judged as j
      on j.event_id = e.event_id
    where j.verdict = 'illegitimate'
),

used as (
    select
        person_id,
        count(*) as accesses,
        count(*) filter (where is_act) as all_acts,
        list(
            struct_pack(at := occurred_at, source := source, action := action, thing := coalesce(thing, ''))
            order by occurred_at, event_id
        ) filter (where is_act) as acts
    from foreign_events
    group by person_id
),

own as (
    select distinct
        h.person_id,
        h.person as account,
        a.professional_id,
        a.person as holder
    from held as h
    join accounts as a
      on a.account = h.person
),

elsewhere as (
    select distinct
        o.person_id,
        a.account,
        coalesce(a.role, '') as role
    from own as o
    join accounts as a
      on a.professional_id = o.professional_id
      or a.person = o.holder
    where a.account <> o.account
),

others as (
    select
        person_id,
        list(struct_pack(account := account, role := role) order by account, role) as others
    from elsewhere
    group by person_id
)

select
    h.person_id,
    h.kind,
    h.addressee,
    h.facts,
    h.name,
    h.email,
    h.lines,
    h.phone,
    cast([] as varchar[]) as controllers,
    cast([] as varchar[]) as categories,
    cast([] as varchar[]) as certainties,
    cast(h.days[1] as timestamp) at time zone cast($zone as varchar) as first_at,
    cast(h.days[2] as timestamp) at time zone cast($zone as varchar) as last_at,
    h.person as account,
    coalesce(u.accesses, 0) as accesses,
    coalesce(u.all_acts, 0) as all_acts,
    coalesce(u.acts[:$listed], []) as acts,
    coalesce(o.others, []) as others
from held as h
left join used as u
  on u.person_id = h.person_id
left join others as o
  on o.person_id = h.person_id
order by h.person_id
