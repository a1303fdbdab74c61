-- SPDX-License-Identifier: Apache-2.0
-- elsewhere: the other accounts of those whose accounts are suspect.
-- reads   accounts, events
-- gives   one row per suspect account and other account
-- binds   $accounts
-- A twelve-digit number that begins with 8 is an RPPS with the prefix of the national directory.

with

listed as (
    select distinct
        account,
        person,
        role,
        organisation,
        active_until,
        case
            when length(professional_id) = 12 and professional_id like '8%' then substr(professional_id, 2)
            else professional_id
        end as professional_id
    from accounts
    where account is not null
),

acting as (
    select
        account,
        case
            when length(professional_id) = 12 and professional_id like '8%' then substr(professional_id, 2)
            else professional_id
        end as professional_id,
        list_sort(list(distinct source)) as sources,
        count(*) as events,
        max(occurred_at) as last_at
    from events
    where account is not null
        and professional_id is not null
    group by all
),

numbers as (
    select account, professional_id from listed where professional_id is not null
    union
    select account, professional_id from acting
),

suspects as (
    select account, professional_id from numbers where list_contains($accounts, account)
),

holders as (
    select account, person from listed where person is not null and list_contains($accounts, account)
),

others as (
    select s.account as suspect, n.account, n.professional_id
    from suspects as s
    inner join numbers as n
        on n.professional_id = s.professional_id
    where n.account <> s.account
    union
    select h.account, l.account, null
    from holders as h
    inner join listed as l
        on l.person = h.person
    where l.account <> h.account
)

select
    o.suspect,
    o.account,
    max(o.professional_id) as professional_id,
    max(l.role) as role,
    max(l.organisation) as organisation,
    max(l.active_until) as active_until,
    list_sort(list_distinct(flatten(list(coalesce(a.sources, []))))) as sources,
    cast(coalesce(max(a.events), 0) as bigint) as events,
    max(a.last_at) as last_at
from others as o
left join listed as l
    on l.account = o.account
left join acting as a
    on a.account = o.account
group by o.suspect, o.account
order by o.suspect, o.account
