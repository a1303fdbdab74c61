-- SPDX-License-Identifier: Apache-2.0
-- hl7_messages: the fields of HL7 v2 messages that tell who asked whom for what, and whom an answer shows.
-- reads   records
-- gives   parsed: one row per record
-- binds   (none)

with

segments as (
    select
        *,
        left(record, 3)                                                       as first_segment,
        record[4]                                                             as bar,
        coalesce(nullif(record[5], ''), '^')                                  as hat,
        coalesce(nullif(record[6], ''), '~')                                  as tilde,
        string_split(replace(record, chr(10), chr(13)), chr(13))              as segments
    from records
),

parts as (
    select
        *,
        string_split(segments[1], bar)                                                               as msh,
        string_split(list_filter(segments, lambda one: left(one, 3) = 'QPD')[1], bar)                as qpd,
        string_split(list_filter(segments, lambda one: left(one, 3) = 'QRD')[1], bar)                as qrd,
        string_split(list_filter(segments, lambda one: left(one, 3) = 'QAK')[1], bar)                as qak,
        string_split(list_filter(segments, lambda one: left(one, 3) = 'MSA')[1], bar)                as msa,
        string_split(list_filter(segments, lambda one: left(one, 3) = 'EVN')[1], bar)                as evn,
        list_transform(
            list_filter(segments, lambda one: left(one, 3) = 'PID'),
            lambda one: string_split(string_split(one, bar)[4], tilde)
        )                                                                                            as identifiers
    from segments
),

fields as (
    select
        *,
        split_part(msh[9], hat, 1)                     as kind,
        split_part(msh[9], hat, 2)                     as trigger_event,
        regexp_extract(
            split_part(msh[7], hat, 1),
            '^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?(\.\d{1,6})?([+-]\d{2})?(\d{2})?$',
            ['y', 'mo', 'd', 'h', 'mi', 's', 'f', 'zh', 'zm']
        )                                              as t,
        -- of a person's identifiers, the one that its sender calls internal (PI), else the first
        list_transform(
            identifiers,
            lambda cx: coalesce(list_filter(cx, lambda one: split_part(one, hat, 5) = 'PI')[1], cx[1])
        )                                              as shown,
        case
            when qrd is not null then string_split(qrd[9], tilde)
            when split_part(msh[9], hat, 2) in ('Q23', 'Q24') then string_split(qpd[4], tilde)
            else list_transform(
                list_filter(string_split(qpd[4], tilde), lambda one: starts_with(one, '@PID.3.1' || hat)),
                lambda one: substr(one, 10)
            )
        end                                            as sought
    from parts
)

select
    * exclude (t),
    case
        when t.y <> '' then
            t.y || '-' || t.mo || '-' || t.d || 'T' || t.h || ':' || t.mi || ':' || coalesce(nullif(t.s, ''), '00')
            || t.f || case when t.zm <> '' then t.zh || ':' || t.zm else '' end
    end as time_written,
    kind in ('QBP', 'QRY', 'QCK', 'QSX', 'VXQ', 'SQM') as is_query,
    kind in ('RSP', 'RTB', 'RDY', 'ADR', 'ORF', 'OSR', 'DSR', 'TBR', 'VXR', 'VXX', 'SQR') as is_answer,
    list_filter(
        list_transform(case when len(shown) > 0 then shown else sought end, lambda cx: split_part(cx, hat, 1)),
        lambda one: one <> ''
    ) as named,
    split_part(case when len(shown) > 0 then shown[1] else sought[1] end, hat, 4) as authority
from fields
