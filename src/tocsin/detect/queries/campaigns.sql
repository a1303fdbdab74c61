-- SPDX-License-Identifier: Apache-2.0
-- campaigns: each campaign's accounts, and the places that join them.
-- reads   campaign_labels, scores, campaign_gains, place_evidence, actors
-- gives   campaigns: one row per campaign and account or place
-- binds   $least
with

-- Chance joins two accounts with days of bulk work now and then: one of them at least has to be in alarm.
held as (
    select l.label
    from campaign_labels as l
    join scores as s
      on s.actor = l.actor
    group by l.label
    having bool_or(s.evidence >= s.point)
),

named as (
    select
        l.label,
        min(a.account) as first_account
    from campaign_labels as l
    join actors as a
      on a.actor = l.actor
    group by l.label
),

numbered as (
    select
        l.actor,
        dense_rank() over (order by n.first_account) as campaign
    from campaign_labels as l
    join held as h
      on h.label = l.label
    join named as n
      on n.label = l.label
),

places as (
    select
        n.campaign,
        p.kind,
        p.place,
        count(*)                       as accounts,
        any_value(p.accounts)          as users,
        any_value(p.rarity)            as rarity,
        cast(sum(p.sessions) as bigint) as sessions,
        min(p.first_at)                as first_at,
        max(p.last_at)                 as last_at
    from numbered as n
    join place_evidence as p
      on p.actor = n.actor
     and p.evidence >= $least
    group by n.campaign, p.kind, p.place
    having count(*) >= 2
),

members as (
    select
        n.campaign,
        n.actor,
        max(p.evidence)                 as evidence,
        cast(max(p.sessions) as bigint) as sessions,
        min(p.first_at)                 as first_at,
        max(p.last_at)                  as last_at
    from numbered as n
    join place_evidence as p
      on p.actor = n.actor
    join places as s
      on s.campaign = n.campaign
     and s.kind = p.kind
     and s.place = p.place
    group by n.campaign, n.actor
)

select
    m.campaign,
    'account'        as kind,
    a.account        as name,
    count(*) over (partition by m.campaign) as accounts,
    0                as outsiders,
    null             as rarity,
    m.evidence,
    coalesce(g.gain, 0) as gain,
    m.sessions,
    m.first_at,
    m.last_at
from members as m
join actors as a
  on a.actor = m.actor
left join campaign_gains as g
  on g.actor = m.actor
union all
select
    campaign,
    kind,
    place            as name,
    accounts,
    users - accounts as outsiders,
    round(rarity, 6) as rarity,
    null             as evidence,
    null             as gain,
    sessions,
    first_at,
    last_at
from places
