-- SPDX-License-Identifier: Apache-2.0
-- actor_keys: the names under which relations may speak of an account.
-- reads   actors, actor_facts, accounts
-- gives   actor_keys: one row per account, kind of name and name
-- binds   (none)
with

named as (
    select account, 'account' as kind, account as name from actors
    union
    select account, 'professional_id' as kind, professional_id as name from accounts
    union
    select account, 'organisation' as kind, organisation as name from accounts
    union
    select account, 'professional_id' as kind, professional_id as name from actor_facts
    union
    select account, 'organisation' as kind, organisation as name from actor_facts
    union
    select account, 'own' as kind, person as name from accounts
)

select
    a.actor,
    n.kind,
    n.name
from named as n
join actors as a
  on a.account = n.account
where n.name is not null
