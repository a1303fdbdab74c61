-- SPDX-License-Identifier: Apache-2.0
-- explanations: first views of a person that a relation explains, by template.
--   Own: the account holder's own record. The others: a relation holds at that time with the account, with
--   its professional or with its organisation.
-- reads   session_views, actor_keys, relations
-- gives   explanations: one row per account, person and template
-- binds   (none)
with

first_views as (
    select
        actor,
        person,
        seen_at
    from session_views
    where is_new
),

links as (
    select 'account' as kind, account as name, person, from_at, until_at
    from relations
    where account is not null
    union all
    select 'professional_id' as kind, professional_id as name, person, from_at, until_at
    from relations
    where professional_id is not null
    union all
    select 'organisation' as kind, organisation as name, person, from_at, until_at
    from relations
    where organisation is not null
),

explained as (
    select
        f.actor,
        f.person,
        k.kind as template
    from first_views as f
    join actor_keys as k
      on k.actor = f.actor
    join links as l
      on l.person = f.person
     and l.kind = k.kind
     and l.name = k.name
    where (l.from_at is null or l.from_at <= f.seen_at)
      and (l.until_at is null or f.seen_at < l.until_at)
    union all
    select
        f.actor,
        f.person,
        'own' as template
    from first_views as f
    join actor_keys as k
      on k.actor = f.actor
     and k.kind = 'own'
     and k.name = f.person
)

select distinct
    actor,
    person,
    template
from explained
