-- SPDX-License-Identifier: Apache-2.0
-- opened_envelopes: each exported record as the native record that it carries, or as it is where it carries none.
-- reads   found (records, with what was found in each)
-- gives   one row per record, in order

select
    case when state = 'open' then inner_text else record end as record,
    byte_offset,
    line_number,
    item,
    case when state in ('header', 'preview', 'broken', 'no_record') then state else mark end as mark,
    case when state = 'open' then outer_fields end as envelope
from (
    select
        *,
        case
            when mark in ('broken', 'too_long') or trim(record) = '' then null
            when is_header then 'header'
            when is_preview then 'preview'
            when not is_object then 'broken'
            when coalesce(inner_text, '') = '' then 'no_record'
            else 'open'
        end as state
    from found
)
