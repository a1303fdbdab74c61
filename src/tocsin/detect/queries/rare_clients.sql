-- SPDX-License-Identifier: Apache-2.0
-- rare_clients: accounts that reach unknown persons by a client that hardly anybody else uses, and they never before.
-- reads   session_features, account_places, actors
-- gives   one row per account
-- binds   (none)
with

uses as (
    select
        place    as client,
        count(*) as accounts
    from account_places
    where kind = 'client'
    group by place
),

met as (
    select
        account,
        client,
        min(turn)                           as first_turn,
        min(first_at)                       as first_at,
        max(last_at)                        as last_at,
        cast(sum(events) as bigint)         as events,
        cast(sum(new_persons) as bigint)    as persons,
        cast(sum(unexplained) as bigint)    as unexplained
    from session_features
    where client is not null
      and not is_declared
    group by account, client
)

select
    m.account,
    arg_max(u.accounts, m.persons)          as accounts,
    cast(max(m.persons) as double)          as score,
    0.35                                    as p,
    arg_max(m.first_at, m.persons)          as first_at,
    arg_max(m.last_at, m.persons)           as last_at,
    arg_max(m.events, m.persons)            as events,
    max(m.persons)                          as persons
from met as m
join uses as u
  on u.client = m.client
where u.accounts <= greatest(1, 0.02 * (select count(*) from actors))
  and m.first_turn > 5
  and m.persons >= 20
  and 2 * m.unexplained >= m.persons
  and (select count(*) from actors) >= 20
group by m.account
