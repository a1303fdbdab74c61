-- SPDX-License-Identifier: Apache-2.0
-- openssh-sftp: what a line of sshd or its file server says was done, and to what.
-- reads   found
-- gives   found with `decoded` (the name without octal escapes), `action` and `outcome`
-- binds   (none)

select
    * exclude (name_pieces),
    case
        when name_pieces is null then name
        else replace(coalesce(try(url_decode(array_to_string(name_pieces, ''))), name), chr(2), '\')
    end as decoded,
    case
        when kind = 'closed' and read <> '0' then 'download'
        when kind = 'closed' and written <> '0' then 'upload'
        when kind = 'closed' then 'other'
        when kind = 'opened' and contains(flags_asked, 'WRITE') then 'upload'
        when kind = 'opened' then 'download'
        when kind = 'renamed' then 'update'
        when verb = 'opendir' then 'list'
        when verb in ('remove name', 'rmdir name') then 'delete'
        when verb = 'mkdir name' then 'create'
        when verb in ('set', 'fset', 'lset') then 'update'
        when verb = 'Accepted' then 'login'
        when verb = 'Failed' then 'login_failed'
        when kind = 'ended' then 'logout'
        when kind = 'session' and verb = 'closed' then 'logout'
        else 'other'
    end as action,
    case
        when kind in ('closed', 'session', 'ended') or verb = 'Accepted' then 'success'
        when verb = 'Failed' or kind = 'refused' then 'failure'
        when starts_with(said, 'sent status') then 'failure'
        else 'unknown'
    end as outcome
from (
    -- `\303\251` is two bytes of UTF-8: written as %C3%A9, they are decoded together
    select
        *,
        case
            when contains(name, '\') then
                list_transform(
                    string_split(replace(replace(name, '\\', chr(2)), '%', '%25'), '\'),
                    lambda piece, place: case
                        when place > 1 and regexp_matches(piece, '^[0-3][0-7][0-7]') then
                            printf(
                                '%%%02X',
                                64 * cast(piece[1] as integer) + 8 * cast(piece[2] as integer) + cast(piece[3] as integer)
                            ) || substr(piece, 4)
                        when place > 1 then '%5C' || piece
                        else piece
                    end
                )
        end as name_pieces
    from found
)
