-- SPDX-License-Identifier: Apache-2.0
-- hl7_identities: of each message, what its PID says of a person, and whom its MRG says was merged.
--   HL7 v2.5 §3.4.2 (PID), IHE PAM France: PID-5 repeats with its type (L at birth, D in use). An empty field says
--   nothing; HL7's null ("") says that there is no value: told as an empty text here.
-- reads   hl7_segments
-- gives   hl7_messages: one row per message, with its identifiers as `hl7_identifiers` reads them
-- binds   $file
with

parts as (
    select
        *,
        string_split(segments[1], bar)                                                   as msh,
        string_split(list_filter(segments, lambda one: left(one, 3) = 'EVN')[1], bar)    as evn,
        string_split(list_filter(segments, lambda one: left(one, 3) = 'PID')[1], bar)    as pid,
        string_split(list_filter(segments, lambda one: left(one, 3) = 'MRG')[1], bar)    as mrg
    from hl7_segments
),

fields as (
    select
        *,
        string_split(coalesce(pid[6], ''), tilde)                                        as names,
        string_split(coalesce(pid[4], ''), tilde)                                        as identifiers,
        string_split(coalesce(pid[14], ''), tilde)                                       as telecoms,
        split_part(coalesce(pid[12], ''), tilde, 1)                                      as address
    from parts
),

chosen as (
    select
        *,
        coalesce(
            list_filter(names, lambda one: split_part(one, hat, 7) = 'L')[1],
            list_filter(names, lambda one: split_part(one, hat, 7) in ('', 'B', 'N'))[1],
            ''
        )                                                                                as at_birth,
        coalesce(list_filter(names, lambda one: split_part(one, hat, 7) = 'D')[1], '')   as in_use,
        coalesce(
            list_filter(identifiers, lambda one: split_part(one, hat, 4) ilike '%INS-NI%')[1], ''
        )                                                                                as ins,
        coalesce(
            list_filter(identifiers, lambda one: split_part(one, hat, 5) in ('NH', 'SS', 'NIR'))[1], pid[20], ''
        )                                                                                as nir,
        coalesce(list_filter(telecoms, lambda one: not contains(one, '@'))[1], '')       as phone,
        coalesce(list_filter(telecoms, lambda one: contains(one, '@'))[1], '')           as email
    from fields
)

select
    (cast($file as bigint) << 40) | byte_offset                                               as message,
    first_segment = 'MSH' and len(msh) > 8 and msh[9] <> ''                                   as is_message,
    mark,
    upper(split_part(coalesce(msh[9], ''), hat, 1))                                           as kind,
    upper(coalesce(nullif(split_part(coalesce(msh[9], ''), hat, 2), ''), evn[2], ''))         as trigger_event,
    coalesce(msh[3], '') || ' ' || coalesce(msh[4], '')                                       as sender,
    nullif(trim(coalesce(msh[10], '')), '')                                                   as control,
    md5(record)                                                                               as digest,
    split_part(coalesce(msh[7], ''), hat, 1)                                                  as sent,
    split_part(coalesce(nullif(evn[7], ''), nullif(evn[3], ''), msh[7], ''), hat, 1)          as happened,
    hl7_cx(identifiers, esc, bar, hat, amp, tilde)                                            as patients,
    hl7_cx(string_split(coalesce(mrg[2], ''), tilde), esc, bar, hat, amp, tilde)              as priors,
    list_filter(
        list_transform(
            [
                {'name': 'family_name', 'said': split_part(split_part(at_birth, hat, 1), amp, 1)},
                {'name': 'given_names', 'said': split_part(at_birth, hat, 2)},
                {'name': 'used_name', 'said': split_part(split_part(in_use, hat, 1), amp, 1)},
                {'name': 'birth_date', 'said': split_part(coalesce(pid[8], ''), hat, 1)},
                {'name': 'sex', 'said': split_part(coalesce(pid[9], ''), hat, 1)},
                {'name': 'ins', 'said': split_part(ins, hat, 1)},
                {'name': 'nir', 'said': split_part(nir, hat, 1)},
                {'name': 'phone', 'said': coalesce(nullif(split_part(phone, hat, 1), ''), split_part(phone, hat, 12))},
                {'name': 'email', 'said': coalesce(nullif(split_part(email, hat, 4), ''), split_part(email, hat, 1))},
                {
                    'name': 'address',
                    'said': case
                        when address = '""' then address
                        else concat_ws(
                            ', ',
                            nullif(split_part(split_part(address, hat, 1), amp, 1), ''),
                            nullif(split_part(address, hat, 2), ''),
                            nullif(split_part(address, hat, 5), ''),
                            nullif(split_part(address, hat, 3), ''),
                            nullif(split_part(address, hat, 6), '')
                        )
                    end
                },
                {'name': 'birth_place', 'said': split_part(coalesce(pid[24], ''), hat, 1)},
                {'name': 'birth_rank', 'said': coalesce(pid[26], '')},
                {'name': 'deceased', 'said': case upper(coalesce(pid[31], '')) when 'Y' then 'true' when 'N' then 'false' else '' end}
            ],
            lambda one: {
                'name': one.name,
                'said': case
                    when one.said = '""' then ''
                    when one.said = '' then null
                    else hl7_text(one.said, esc, bar, hat, amp, tilde)
                end
            }
        ),
        lambda one: one.said is not null
    )                                                                                         as told
from chosen
