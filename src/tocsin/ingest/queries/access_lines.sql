-- SPDX-License-Identifier: Apache-2.0
-- access_lines: what stands where in lines of a web access log (common, combined, virtual host before).
--   Nearly all lines have words in the usual number and order: those are split at spaces. The others are
--   read by the grammar itself, which costs ten times more and says the same of all of them.
-- reads   records
-- gives   parsed: one row per record
-- binds   (none)

with

-- Apache writes a quote as \" and a backslash as \\: they are hidden while the line is split at quotes.
pieces as (
    select
        *,
        contains(record, '\') as has_escapes,
        string_split(
            case
                when contains(record, '\') then replace(replace(record, '\\', chr(2)), '\"', chr(1))
                else record
            end,
            '"'
        ) as pieces
    from records
),

quoted as (
    select
        * exclude (pieces),
        len(pieces) as piece_count,
        pieces[1]   as opening,
        pieces[3]   as reply,
        case when has_escapes then replace(replace(pieces[2], chr(1), '"'), chr(2), '\') else pieces[2] end
            as request_line,
        case when has_escapes then replace(replace(pieces[4], chr(1), '"'), chr(2), '\') else pieces[4] end
            as referer,
        case
            when len(pieces) < 7 then null
            when has_escapes then replace(replace(pieces[6], chr(1), '"'), chr(2), '\')
            else pieces[6]
        end as agent
    from pieces
),

words as (
    select
        *,
        string_split(opening, ' ')      as opening_words,
        string_split(request_line, ' ') as request_words,
        string_split(reply, ' ')        as reply_words
    from quoted
),

-- `[11/Jun/2024:07:58:00` and `+0200]` are the last words before the request, which a space precedes
times as (
    select
        *,
        opening_words[-3] as day_word,
        opening_words[-2] as zone_word,
        opening_words[-1] = ''
            and opening_words[-3] like '[____________________'
            and opening_words[-2] like '_____]'
            and not regexp_matches(opening_words[1], '^$|[\t\n\f\r]')
            and not regexp_matches(opening_words[2], '^$|[\t\n\f\r]') as is_usual
    from words
),

shapes as (
    select
        *,
        case
            when not is_usual
              or contains(substr(day_word, 2), '[')
              or contains(day_word, ']')
              or contains(zone_word, '[')
              or contains(left(zone_word, 5), ']') then 'other'
            when len(opening_words) = 6 then 'plain'
            when len(opening_words) = 7
             and opening_words[3] = '-'
             and opening_words[4] <> ''
             and not starts_with(opening_words[2], '-') then 'virtual'
            else 'other'
        end as shape
    from times
),

grammar as (
    select
        *,
        case
            when shape = 'other' then regexp_extract(
                rtrim(opening),
                '^(?:(\S+) ([^\s-]\S*) - (.+)|(\S+) (\S+) (.*)) \[([^\[\]]*)\]$',
                ['vhost', 'vhost_address', 'vhost_user', 'address', 'ident', 'user', 'time']
            )
        end as head,
        len(reply_words) in (3, 4)
            and reply_words[1] = ''
            and reply_words[2] <> ''
            and reply_words[3] <> ''
            and coalesce(reply_words[4], '') = '' as is_reply_usual,
        len(request_words) = 3
            and request_words[3] in ('HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0')
            and request_words[1] in ('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS')
            as is_request_usual
    from shapes
)

select
    byte_offset,
    line_number,
    item,
    mark,
    record,
    piece_count,
    request_line,
    referer,
    agent,
    case shape when 'plain' then '' when 'virtual' then opening_words[1] else head.vhost end as vhost,
    case
        when shape = 'plain' then opening_words[1]
        when shape = 'virtual' then opening_words[2]
        else coalesce(nullif(head.vhost_address, ''), head.address)
    end as address,
    case shape when 'plain' then opening_words[2] when 'virtual' then '' else head.ident end as ident,
    case
        when shape = 'plain' then opening_words[3]
        when shape = 'virtual' then opening_words[4]
        when head.vhost_address <> '' then head.vhost_user
        else head.user
    end as login,
    case
        when shape = 'other' then head.time
        else substr(day_word, 2) || ' ' || left(zone_word, 5)
    end as time,
    case
        when is_request_usual then request_words[1]
        else regexp_extract(request_line, '^([A-Z][A-Z_-]*) ', 1)
    end as method,
    case
        when is_request_usual then request_words[2]
        else regexp_extract(request_line, '^[A-Z][A-Z_-]* (.*?)(?: HTTP/[0-9.]+)?$', 1)
    end as target,
    case when is_reply_usual then reply_words[2] else string_split(trim(reply), ' ')[1] end as status,
    case when is_reply_usual then reply_words[3] else string_split(trim(reply), ' ')[2] end as bytes
from grammar
