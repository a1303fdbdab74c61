-- SPDX-License-Identifier: Apache-2.0
-- engine_messages: what an interface engine's log holds: the message behind the engine's own words, and when it wrote.
-- reads   records
-- gives   records with the message in the place of the record, the record as `whole` and the engine's own time
-- binds   (none)

with

found as (
    select
        *,
        regexp_extract(record, '(?s)^(.*?)MSH\|\^~', 1)                          as said_before,
        regexp_matches(record, 'MSH\|\^~')                                       as has_message
    from records
),

cut as (
    select
        *,
        regexp_extract(
            said_before,
            '(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,6}))?\d*\s?(Z|[+-]\d\d:?\d\d)?',
            ['day', 'hour', 'fraction', 'zone']
        )                                                                        as w,
        case when has_message then substr(record, length(said_before) + 1) else record end as message
    from found
)

select
    * exclude (w, message) replace (
        -- an engine that keeps a message on one line writes its segments' ends as text
        regexp_replace(
            message,
            '(?:\\r(?:\\n)?|<(?:CR|cr)>|#015(?:#012)?|&#x(?:d|D);|&#13;)([A-Z][A-Z0-9]{2}\||\s*$)',
            chr(13) || '\1',
            'g'
        ) as record
    ),
    record as whole,
    case
        when w.day <> ''
            then w.day || 'T' || w.hour || case when w.fraction <> '' then '.' || w.fraction else '' end || w.zone
    end as engine_time
from cut
