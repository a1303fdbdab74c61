-- SPDX-License-Identifier: Apache-2.0
-- sweeps: sessions whose searches go up the alphabet, the calendar or the numbers, far beyond the profession's.
-- reads   session_features
-- gives   one row per account: its longest sweep
-- binds   (none)
with

longest as (
    select
        account,
        role,
        max(rising)                                as rising,
        arg_max(steps, rising)                     as steps,
        arg_max(first_at, rising)                  as first_at,
        arg_max(last_at, rising)                   as last_at,
        arg_max(events, rising)                    as events,
        arg_max(persons, rising)                   as persons
    from session_features
    where not is_declared
      and rising >= 0.9 * steps
    group by account, role
),

usual as (
    select
        role,
        count(*)                                    as accounts,
        cast(quantile_disc(rising, 0.95) as bigint) as rising
    from (
        select role, account, max(rising) as rising
        from session_features
        group by role, account
    ) as most
    group by role
)

select
    l.account,
    l.rising,
    l.steps,
    cast(l.rising as double)   as score,
    0.45                       as p,
    l.first_at,
    l.last_at,
    l.events,
    l.persons
from longest as l
join usual as u
  on u.role = l.role
where l.rising >= 20
  and l.rising > 2 * u.rising
  and u.accounts >= 20
