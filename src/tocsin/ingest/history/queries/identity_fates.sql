-- SPDX-License-Identifier: Apache-2.0
-- identity_fates: what becomes of each message for a registry's past: told, not_told or set_aside, and why.
--   The same control id (MSH-10) of the same sender, byte for byte, is one message; with another content both
--   count, and it is said.
-- reads   hl7_messages, told_patients
-- gives   history_fates: one row per message
-- binds   $of, $zone
with

known as (
    select message, min(person) as person
    from told_patients
    where part = 'patient'
      and registry = $of
    group by message
),

sent as (
    select
        message,
        row_number() over (partition by sender, control, digest order by message) as copy,
        count(*) over (partition by sender, control)                              as times
    from hl7_messages
    where control is not null
),

timed as (
    select
        *,
        coalesce(hl7_at(happened, $zone), hl7_at(sent, $zone)) as told_at
    from hl7_messages
)

select
    m.message,
    k.person,
    m.told_at,
    m.trigger_event,
    coalesce(s.times > 1, false) as is_control_shared,
    m.told_at < max(m.told_at) over (order by m.message rows between unbounded preceding and 1 preceding) as is_late,
    case
        when not m.is_message then 'set_aside'
        when m.mark = 'bad_encoding' then 'set_aside'
        when m.kind <> 'ADT' then 'not_told'
        when m.trigger_event not in (
            'A01', 'A02', 'A03', 'A04', 'A05', 'A06', 'A07', 'A08', 'A18', 'A24', 'A28', 'A29', 'A30', 'A31', 'A34',
            'A40', 'A47'
        ) then 'not_told'
        when s.copy > 1 then 'not_told'
        when coalesce(len(m.patients), 0) = 0 then 'set_aside'
        when k.person is null then 'set_aside'
        when m.told_at is null then 'set_aside'
        else 'told'
    end as fate,
    case
        when not m.is_message then 'broken'
        when m.mark = 'bad_encoding' then 'bad_encoding'
        when m.kind <> 'ADT' then hl7_type(m.kind, m.trigger_event)
        when m.trigger_event not in (
            'A01', 'A02', 'A03', 'A04', 'A05', 'A06', 'A07', 'A08', 'A18', 'A24', 'A28', 'A29', 'A30', 'A31', 'A34',
            'A40', 'A47'
        ) then hl7_type(m.kind, m.trigger_event)
        when s.copy > 1 then 'duplicate'
        when coalesce(len(m.patients), 0) = 0 then 'no_person'
        when k.person is null then 'unknown_authority'
        when m.told_at is null then 'no_time'
        else hl7_type(m.kind, m.trigger_event)
    end as reason
from timed as m
left join known as k
  on k.message = m.message
left join sent as s
  on s.message = m.message
