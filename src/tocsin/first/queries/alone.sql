-- SPDX-License-Identifier: Apache-2.0
-- alone: what one account did and at most $rare other accounts ever do: requests, kinds of act, hours, places.
-- reads   acts, template_accounts, action_accounts, account_habits, own_places, place_accounts
-- gives   one row per thing done, the rarest first
-- binds   $account, $rare, $most

with

requests as (
    select
        'template'            as kind,
        a.action || ' ' || a.template as value,
        count(*)              as events,
        any_value(t.accounts) - 1 as others
    from acts as a
    join template_accounts as t
      on t.action = a.action
     and t.template = a.template
    where a.account = $account
    group by a.action, a.template
),

actions as (
    select
        'action'              as kind,
        a.action              as value,
        count(*)              as events,
        any_value(c.accounts) - 1 as others
    from acts as a
    join action_accounts as c
      on c.action = a.action
    where a.account = $account
    group by a.action
),

hours as (
    select
        local_hour,
        count(*) as events
    from acts
    where account = $account
    group by local_hour
),

hour_accounts as (
    select
        h.local_hour,
        h.events,
        count(*) - 1 as others
    from hours as h
    join account_habits as a
      on (a.hours >> cast(h.local_hour as integer)) & 1 = 1
    group by h.local_hour, h.events
),

shared as (
    select kind, source, value, count(account) as accounts
    from place_accounts
    where kind <> 'session'
    group by kind, source, value
),

tools as (
    select
        o.kind,
        o.value,
        o.events,
        s.accounts - 1 as others
    from own_places as o
    join shared as s
      on s.kind = o.kind
     and s.source = o.source
     and s.value = o.value
    where o.account = $account
),

done as (
    select * from requests
    union all
    select * from actions
    union all
    select 'hour' as kind, cast(local_hour as varchar) as value, events, others from hour_accounts
    union all
    select * from tools
)

select
    kind,
    value,
    events,
    others,
    count(*) over () as total
from done
where others <= $rare
order by others, events desc, kind, value
limit $most
