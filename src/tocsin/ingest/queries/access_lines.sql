-- SPDX-License-Identifier: Apache-2.0
-- access_lines: what stands where in lines of a web access log (common, combined, virtual host before).
--   Nearly all lines have words in the usual number and order: those are split at spaces. The others are
--   read by the grammar itself, which costs ten times more and says the same of all of them.
-- reads   records
-- gives   parsed: one row per record
-- binds   (none)

with

-- Apache writes a quote as \" and a backslash as \\: they are hidden while the line is split at quotes.
-- Both servers write other bytes as \x and two digits: read as UTF-8, or left where they are not.
pieces as (
    select
        *,
        case
            when contains(record, '\') then list_transform(
                string_split(replace(replace(record, '\\', chr(2)), '\"', chr(1)), '"'),
                lambda piece: replace(
                    replace(
                        case
                            when not contains(piece, '\x') then piece
                            when regexp_matches(piece, '\\x(?:[^0-9A-Fa-f]|.[^0-9A-Fa-f]|.?$)') then piece
                            else coalesce(try(url_decode(replace(replace(piece, '%', '%25'), '\x', '%'))), piece)
                        end,
                        chr(1),
                        '"'
                    ),
                    chr(2),
                    '\'
                )
            )
            else string_split(record, '"')
        end as pieces
    from records
),

quoted as (
    select
        * exclude (pieces),
        len(pieces) as piece_count,
        pieces[1]   as opening,
        pieces[3]   as reply,
        pieces[2]   as request_line,
        pieces[4]   as referer,
        case when len(pieces) >= 7 then pieces[6] end as agent,
        case
            when len(pieces) > 7 or pieces[7] <> '' then array_to_string(pieces[7:], '"')
        end as behind
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

-- `[11/Jun/2024:07:58:00` and `+0200]` are the last words before the request, and a space follows them
times as (
    select
        *,
        case
            when opening_words[-1] = ''
             and opening_words[-2] like '_____]'
             and opening_words[-3] like '[__/___/____:________'
            then try_cast(
                try_strptime(
                    substr(opening_words[-3], 2) || ' ' || left(opening_words[-2], 5),
                    '%d/%b/%Y:%H:%M:%S %z'
                ) as timestamptz
            )
        end as clf_at
    from words
),

shapes as (
    select
        *,
        case
            when clf_at is null
              or opening_words[1] = ''
              or contains(opening, chr(9))
              or contains(opening, chr(10))
              or contains(opening, chr(12))
              or contains(opening, chr(13)) then 'other'
            when len(opening_words) = 6 and opening_words[2] <> '' then 'plain'
            when len(opening_words) = 7
             and opening_words[3] = '-'
             and opening_words[4] <> ''
             and opening_words[2] <> ''
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
        case request_words[3]
            when 'HTTP/1.1' then len(request_words) = 3
            when 'HTTP/2.0' then len(request_words) = 3
            when 'HTTP/1.0' then len(request_words) = 3
            else false
        end
        and case request_words[1]
            when 'GET' then true
            when 'POST' then true
            when 'PUT' then true
            when 'HEAD' then true
            when 'PATCH' then true
            when 'DELETE' then true
            when 'OPTIONS' then true
            else false
        end as is_request_usual
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
    case when shape <> 'other' then clf_at end as clf_at,
    head.time as time,
    case
        when is_request_usual then request_words[1]
        else regexp_extract(request_line, '^([A-Z][A-Z_-]*) ', 1)
    end as method,
    case
        when is_request_usual then request_words[2]
        else regexp_extract(request_line, '^[A-Z][A-Z_-]* (.*?)(?: HTTP/[0-9.]+)?$', 1)
    end as target,
    case when is_reply_usual then reply_words[2] else string_split(trim(reply, ' '), ' ')[1] end as status,
    case when is_reply_usual then reply_words[3] else string_split(trim(reply, ' '), ' ')[2] end as bytes,
    -- what a server adds to the usual fields
    case
        when not is_reply_usual or behind is not null then nullif(
            trim(
                concat_ws(
                    ' ',
                    case when not is_reply_usual then array_to_string(string_split(trim(reply, ' '), ' ')[3:], ' ') end,
                    behind
                )
            ),
            ''
        )
    end as more
from grammar
