-- SPDX-License-Identifier: Apache-2.0
-- plan_counts: notices that are still to leave, released or not, by channel and, of e-mails, by domain.
-- reads   waiting, next_wave, recipients, withdrawn
-- gives   one row per channel and domain

with

leaving as (
    select
        person_id,
        channel
    from waiting
    anti join next_wave using (person_id)
    union all
    select
        person_id,
        channel
    from next_wave
    where channel not in ('none', 'suppressed')
),

mailboxes as (
    select
        person_id,
        email
    from recipients
    union all
    select
        person_id,
        email
    from withdrawn
)

select
    l.channel,
    case when l.channel = 'email' then coalesce(lower(split_part(m.email, '@', 2)), '') else '' end as domain,
    count(*) as notices
from leaving as l
left join mailboxes as m
  on m.person_id = l.person_id
group by
    l.channel,
    domain
order by
    l.channel,
    domain
