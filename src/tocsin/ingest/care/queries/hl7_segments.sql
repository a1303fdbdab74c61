-- SPDX-License-Identifier: Apache-2.0
-- hl7_segments: of each message its segments that say who, where and when, with the separators that it gives itself.
--   HL7 v2.5 §2.5.4: MSH-1 and MSH-2 are the separators; where one is blank, the standard's is meant. Headers and
--   trailers of files and batches are no messages.
-- reads   records
-- gives   hl7_segments: one row per message
-- binds   (none)

select
    byte_offset,
    mark,
    record,
    left(record, 3)                                            as first_segment,
    record[4]                                                  as bar,
    coalesce(nullif(trim(record[5]), ''), '^')                 as hat,
    coalesce(nullif(trim(record[6]), ''), '~')                 as tilde,
    coalesce(nullif(trim(record[7]), ''), chr(92))             as esc,
    coalesce(nullif(trim(record[8]), ''), '&')                 as amp,
    list_filter(
        string_split(replace(record, chr(10), chr(13)), chr(13)),
        lambda one: left(one, 3) in (
            'MSH', 'EVN', 'PID', 'PD1', 'PV1', 'SCH', 'TQ1', 'MRG', 'ROL', 'AIP', 'AIG', 'AIS'
        )
    )                                                          as segments
from records
where first_segment not in ('FHS', 'BHS', 'BTS', 'FTS')
