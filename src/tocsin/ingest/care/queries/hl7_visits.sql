-- SPDX-License-Identifier: Apache-2.0
-- hl7_visits: stays and appointments, each put together from its messages, the latest word holding.
--   A stay is its visit number (PV1-19), else the patient and the admission's time, else the message alone.
--   A11, A23, A27 and A38 take an admission back, A13 a discharge; S15 to S17 take an appointment back.
--   An outpatient visit that nothing ends, and an admission only announced, are single instants.
-- reads   hl7_messages, told_patients
-- gives   hl7_visits: one row per stay or appointment and message
-- binds   $zone
with

patients as (
    select message, min(registry || ' ' || person) as patient
    from told_patients
    where part = 'patient'
    group by message
),

keyed as (
    select
        m.*,
        coalesce(hl7_at(m.happened, $zone), hl7_at(m.sent, $zone)) as told_at,
        case
            when m.kind = 'SIU' then coalesce('S ' || m.appointment, 'M ' || cast(m.message as varchar))
            when m.visit is not null then 'V ' || m.visit
            when m.admitted <> '' then 'A ' || m.admitted || ' ' || p.patient
            else 'M ' || cast(m.message as varchar)
        end as visit_key
    from hl7_messages as m
    join patients as p
      on p.message = m.message
    where (m.kind = 'ADT' and (
              m.trigger_event between 'A01' and 'A08'
           or m.trigger_event in ('A11', 'A12', 'A13', 'A14', 'A15', 'A16', 'A21', 'A22', 'A23', 'A25', 'A26', 'A27', 'A38', 'A54', 'A55', 'Z99')
          ))
       or (m.kind = 'SIU' and m.trigger_event between 'S12' and 'S26' and m.trigger_event not in ('S23', 'S24', 'S25'))
),

folded as (
    select
        visit_key,
        any_value(kind)                                                                         as kind,
        arg_max(trigger_event, (told_at, message)) filter (
            where trigger_event in ('A01', 'A04', 'A05', 'A06', 'A07', 'A14', 'A11', 'A23', 'A27', 'A38')
        )                                                                                       as opening,
        arg_max(trigger_event, (told_at, message)) filter (where trigger_event in ('A03', 'A13'))    as closing,
        max(told_at) filter (where trigger_event = 'A03')                                            as left_at,
        min(told_at)                                                                                 as first_at,
        arg_max(class, (told_at, message)) filter (where class <> '')                                as class,
        arg_max(admitted, (told_at, message)) filter (where admitted <> '')                          as admitted,
        arg_max(discharged, (told_at, message)) filter (where discharged <> '')                      as discharged,
        arg_max(begins, (told_at, message)) filter (where begins <> '')                              as begins,
        arg_max(trigger_event, (told_at, message)) filter (
            where kind = 'SIU' and trigger_event not in ('S20', 'S21', 'S22')
        )                                                                                       as booking,
        arg_max(standing, (told_at, message)) filter (where standing <> '')                          as standing,
        bool_and(trigger_event in ('A05', 'A14', 'A38', 'A27'))                                 as is_announced
    from keyed
    group by visit_key
),

timed as (
    select
        *,
        case when kind = 'SIU' then begins else admitted end   as from_text,
        case when kind = 'ADT' then discharged end             as until_text
    from folded
),

dated as (
    select
        visit_key,
        kind,
        coalesce(hl7_at(from_text, $zone), case when from_text is null and kind = 'ADT' then first_at end) as from_at,
        case
            when kind = 'SIU' or closing = 'A13' then null
            else coalesce(hl7_at(until_text, $zone), case when closing = 'A03' then left_at end)
        end                                                                                     as until_at,
        (kind = 'SIU' and from_text is null)
            or (from_text is not null and hl7_at(from_text, $zone) is null)
            or (until_text is not null and hl7_at(until_text, $zone) is null)                   as is_unread,
        coalesce(opening in ('A11', 'A23', 'A27', 'A38'), false)
            or coalesce(booking in ('S15', 'S16', 'S17'), false)
            or coalesce(kind = 'SIU' and (standing like 'CANCEL%' or standing in ('DELETED', 'DISCONTINUED', 'DC')), false)
                                                                                                as is_cancelled,
        is_announced or coalesce(class, '') in ('O', 'E', 'R', 'P')                             as is_short
    from timed
)

select
    k.message,
    k.told_at,
    d.* exclude (is_short),
    d.kind = 'SIU' or (d.until_at is null and d.is_short) as is_instant,
    k.people,
    k.places
from dated as d
join keyed as k
  on k.visit_key = d.visit_key
