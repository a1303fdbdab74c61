-- SPDX-License-Identifier: Apache-2.0
-- hl7_fates: what became of each message: relation, set aside, or no relation, and why.
-- reads   hl7_messages, told_patients, told_links, hl7_visits
-- gives   relation_messages of one [[relations]]: one row per fate and reason
-- binds   (none)
with

linked as (
    select distinct message from told_links
),

known as (
    select distinct message from told_patients where part = 'patient'
),

cancelled as (
    select distinct message from hl7_visits where is_cancelled
),

fated as (
    select
        case
            when not m.is_message then 'set_aside'
            when m.kind not in ('ADT', 'SIU') then 'not_relation'
            when l.message is not null then 'relation'
            when c.message is not null then 'not_relation'
            when m.trigger_event in ('S23', 'S24', 'S25') then 'not_relation'
            when coalesce(len(m.patients), 0) = 0 or k.message is null then 'set_aside'
            else 'not_relation'
        end as fate,
        case
            when not m.is_message then 'broken'
            when m.kind not in ('ADT', 'SIU') then hl7_type(m.kind, m.trigger_event)
            when l.message is not null then hl7_type(m.kind, m.trigger_event)
            when c.message is not null then 'cancelled'
            when m.trigger_event in ('S23', 'S24', 'S25') then hl7_type(m.kind, m.trigger_event)
            when coalesce(len(m.patients), 0) = 0 then 'no_person'
            when k.message is null then 'unknown_authority'
            when m.trigger_event in ('A18', 'A30', 'A34', 'A40', 'A47') then 'merge'
            else 'nobody'
        end as reason
    from hl7_messages as m
    left join linked as l
      on l.message = m.message
    left join known as k
      on k.message = m.message
    left join cancelled as c
      on c.message = m.message
)

select
    fate,
    reason,
    count(*) as messages
from fated
group by fate, reason
