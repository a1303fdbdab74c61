-- SPDX-License-Identifier: Apache-2.0
-- access_notices: the notices released for one person, and how they are told now.
-- reads   access_files, notices, recipients
-- gives   one row per wave, oldest first; wave null when nothing was released yet

select distinct
    n.wave,
    coalesce(n.channel, r.channel) as channel,
    case
        when n.channel in ('email', 'post', 'sms')
            then split_part(trim(n.message_id, '<>'), '@', 1)
    end as reference,
    case
        when r.channel in ('email', 'post', 'sms')
            then r.lines
    end as lines
from access_files as f
left join recipients as r
  on r.person_id = f.person_id
left join notices as n
  on n.person_id = f.person_id
where f.is_sure
order by
    n.wave,
    channel
