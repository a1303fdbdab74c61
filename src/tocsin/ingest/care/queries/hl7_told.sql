-- SPDX-License-Identifier: Apache-2.0
-- hl7_told: of each message, the fields that say who is treated by whom, where and when; nothing else is kept.
--   Segments and separators are the message's own. hl7_text is the text without escapes and HL7's null ("").
-- reads   hl7_segments
-- gives   hl7_messages: one row per message
-- binds   $file
with

parts as (
    select
        *,
        string_split(segments[1], bar)                                                   as msh,
        string_split(list_filter(segments, lambda one: left(one, 3) = 'EVN')[1], bar)    as evn,
        string_split(list_filter(segments, lambda one: left(one, 3) = 'PID')[1], bar)    as pid,
        string_split(list_filter(segments, lambda one: left(one, 3) = 'PD1')[1], bar)    as pd1,
        string_split(list_filter(segments, lambda one: left(one, 3) = 'PV1')[1], bar)    as pv1,
        string_split(list_filter(segments, lambda one: left(one, 3) = 'SCH')[1], bar)    as sch,
        string_split(list_filter(segments, lambda one: left(one, 3) = 'TQ1')[1], bar)    as tq1,
        string_split(list_filter(segments, lambda one: left(one, 3) = 'MRG')[1], bar)    as mrg,
        list_transform(
            list_filter(segments, lambda one: left(one, 3) in ('ROL', 'AIP', 'AIG')),
            lambda one: string_split(one, bar)
        )                                                                                as shares,
        list_filter(
            list_transform(
                list_filter(segments, lambda one: left(one, 3) in ('AIP', 'AIS')),
                lambda one: string_split(one, bar)[case left(one, 3) when 'AIP' then 7 else 5 end]
            ),
            lambda one: one <> ''
        )[1]                                                                             as resource_begins
    from hl7_segments
),

people as (
    select
        *,
        list_concat(
            list_transform(string_split(pv1[8], tilde), lambda one: {'who': one, 'role': 'PV1', 'act': '', 'since': '', 'till': ''}),
            list_transform(string_split(pv1[9], tilde), lambda one: {'who': one, 'role': 'PV1', 'act': '', 'since': '', 'till': ''}),
            list_transform(string_split(pv1[10], tilde), lambda one: {'who': one, 'role': 'PV1', 'act': '', 'since': '', 'till': ''}),
            list_transform(string_split(pv1[18], tilde), lambda one: {'who': one, 'role': 'PV1', 'act': '', 'since': '', 'till': ''}),
            list_transform(string_split(pd1[5], tilde), lambda one: {'who': one, 'role': 'PD1', 'act': '', 'since': '', 'till': ''}),
            flatten(list_transform(
                shares,
                lambda share: list_transform(
                    string_split(case share[1] when 'ROL' then share[5] else share[4] end, tilde),
                    lambda one: {
                        'who': one,
                        'role': case when share[1] = 'ROL' then split_part(coalesce(share[4], ''), hat, 1) else share[1] end,
                        'act': coalesce(share[3], ''),
                        'since': case when share[1] = 'ROL' then coalesce(share[6], '') else '' end,
                        'till': case when share[1] = 'ROL' then coalesce(share[7], '') else '' end
                    }
                )
            ))
        ) as people
    from parts
)

select
    (cast($file as bigint) << 40) | byte_offset                                               as message,
    first_segment = 'MSH' and len(msh) > 8 and msh[9] <> ''                                   as is_message,
    upper(split_part(msh[9], hat, 1))                                                         as kind,
    upper(coalesce(nullif(split_part(msh[9], hat, 2), ''), evn[2], ''))                       as trigger_event,
    split_part(msh[7], hat, 1)                                                                as sent,
    split_part(coalesce(nullif(evn[7], ''), nullif(evn[3], ''), msh[7], ''), hat, 1)          as happened,
    hl7_cx(string_split(pid[4], tilde), esc, bar, hat, amp, tilde)                            as patients,
    hl7_cx(string_split(mrg[2], tilde), esc, bar, hat, amp, tilde)                            as priors,
    nullif(concat_ws(' ', nullif(split_part(pv1[20], hat, 1), ''), nullif(split_part(pv1[20], hat, 4), '')), '') as visit,
    upper(coalesce(pv1[3], ''))                                                               as class,
    hl7_value(split_part(coalesce(pv1[45], ''), hat, 1))                                      as admitted,
    hl7_value(split_part(coalesce(pv1[46], ''), hat, 1))                                      as discharged,
    coalesce(nullif('placer ' || hl7_value(sch[2]), 'placer '), nullif('filler ' || hl7_value(sch[3]), 'filler ')) as appointment,
    hl7_value(coalesce(nullif(split_part(coalesce(sch[12], ''), hat, 4), ''), nullif(split_part(coalesce(tq1[8], ''), hat, 1), ''), resource_begins, '')) as begins,
    upper(split_part(coalesce(sch[26], ''), hat, 1))                                          as standing,
    list_filter(
        list_transform(
            people,
            lambda one: {
                'id': hl7_text(hl7_value(split_part(one.who, hat, 1)), esc, bar, hat, amp, tilde),
                'role': one.role,
                'is_out': one.act in ('D', 'DE', 'UN'),
                'since': hl7_value(split_part(one.since, hat, 1)),
                'till': hl7_value(split_part(one.till, hat, 1))
            }
        ),
        lambda one: one.id <> ''
    )                                                                                         as people,
    list_filter(
        [
            hl7_text(hl7_value(split_part(coalesce(pv1[4], ''), hat, 1)), esc, bar, hat, amp, tilde),
            hl7_text(hl7_value(split_part(coalesce(pv1[11], ''), hat, 1)), esc, bar, hat, amp, tilde)
        ],
        lambda one: one <> ''
    )                                                                                         as places
from people
