-- SPDX-License-Identifier: Apache-2.0
-- wrapped: the lines of an envelope, no longer than 38 characters (NF Z 10-011), name first, town last.
-- reads   standing, reached
-- gives   wrapped: one row per person to inform who can be written to; lines may be too many
-- binds   $representatives

with

headed as (
    select
        s.person_id,
        case
            when s.guardian is not null then nullif(r.holder_name, '')
            when s.is_minor then $representatives || ' ' || s.name
            else s.name
        end as head,
        r.street,
        r.last_line
    from standing as s
    join reached as r
      on r.person_id = s.person_id
    where r.last_line is not null
),

folded as (
    select
        person_id,
        flatten(
            list_transform(
                list_concat([upper(strip_accents(head))], street, [last_line]),
                lambda piece: string_split(
                    list_reduce(
                        string_split_regex(trim(piece), '\s+'),
                        lambda lines, word: case
                            when length(split_part(lines, chr(10), -1)) + 1 + length(word) <= 38
                                then lines || ' ' || word
                            else lines || chr(10) || word
                        end
                    ),
                    chr(10)
                )
            )
        ) as lines
    from headed
    where coalesce(head, '') <> ''
)

select
    person_id,
    lines,
    len(lines) > 6
    or len(list_filter(lines, lambda line: length(line) > 38)) > 0 as is_too_long
from folded
