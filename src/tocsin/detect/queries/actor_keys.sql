-- SPDX-License-Identifier: Apache-2.0
-- actor_keys: the names under which relations may speak of an account, each name with a number.
-- reads   actors, actor_facts, accounts
-- gives   actor_keys: one row per account, kind of name and name
-- binds   $several
with

named as (
    select account, 'account' as kind, account as name, null as registry from actors
    union
    select account, 'professional_id' as kind, professional_id as name, null as registry from accounts
    union
    select account, 'organisation' as kind, organisation as name, null as registry from accounts
    union
    select account, 'professional_id' as kind, professional_id as name, null as registry from actor_facts
    union
    select account, 'organisation' as kind, organisation as name, null as registry from actor_facts
    union
    select
        account,
        'own' as kind,
        person as name,
        case when cast($several as boolean) then registry else '' end as registry
    from accounts
),

numbered as (
    select
        a.actor,
        n.kind,
        n.name,
        n.registry,
        min(a.actor) over (partition by n.kind, n.name) as first_actor
    from named as n
    join actors as a
      on a.account = n.account
    where n.name is not null
)

-- Names of accounts that lie together lie together.
select
    * exclude (first_actor),
    cast(dense_rank() over (order by first_actor, kind, name) as integer) as key
from numbered
