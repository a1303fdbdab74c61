-- SPDX-License-Identifier: Apache-2.0
-- broad_searches: accounts that search so broadly on one day that names themselves are what is taken.
-- reads   session_features
-- gives   one row per account: its worst day
-- binds   (none)
with

days as (
    select
        account,
        role,
        day,
        min(first_at)                           as first_at,
        max(last_at)                            as last_at,
        cast(sum(events) as bigint)             as events,
        cast(sum(persons) as bigint)            as persons,
        cast(sum(broad_searches) as bigint)     as broad,
        cast(sum(searches) as bigint)           as searches
    from session_features
    where searches > 0
      and not is_declared
    group by account, role, day
),

worst as (
    select
        account,
        role,
        max(broad)                  as broad,
        arg_max(searches, broad)    as searches,
        arg_max(first_at, broad)    as first_at,
        arg_max(last_at, broad)     as last_at,
        arg_max(events, broad)      as events,
        arg_max(persons, broad)     as persons
    from days
    group by account, role
),

usual as (
    select
        role,
        count(*)                                    as accounts,
        cast(quantile_disc(broad, 0.95) as bigint)  as broad
    from worst
    group by role
)

select
    w.account,
    w.broad,
    w.searches,
    cast(w.broad as double)   as score,
    0.4                       as p,
    w.first_at,
    w.last_at,
    w.events,
    w.persons
from worst as w
join usual as u
  on u.role = w.role
where w.broad >= 20
  and w.broad > 2 * u.broad
  and u.accounts >= 20
