-- SPDX-License-Identifier: Apache-2.0
-- bursts_now: accounts that reach, within some seconds up to an act, the most persons that their role needs.
--   The window slides with each act, so that no burst hides behind the turn of an hour.
-- reads   near_views, roles, quotas
-- gives   one row per account: its first crossing of the shortest time
-- binds   $seconds, $least
with

many as (
    select v.*
    from near_views as v
    semi join (
        select account
        from near_views
        group by account
        having count(distinct person) >= $least
    ) as m
      on m.account = v.account
),

slid as (
    select
        account,
        seen_at,
        count(distinct person) over spell as persons,
        min(seen_at) over spell           as first_at
    from many
    window spell as (
        partition by account
        order by seen_at
        range between to_seconds($seconds) preceding and current row
    )
),

limits as (
    select
        s.*,
        greatest($least, coalesce(q.persons, 0)) as quota
    from slid as s
    left join roles as r
      on r.account = s.account
    left join quotas as q
      on q.role = coalesce(r.role, '')
     and q.seconds = $seconds
)

select
    account,
    cast($seconds as bigint)        as seconds,
    arg_min(quota, seen_at)         as quota,
    arg_min(persons, seen_at)       as persons,
    arg_min(first_at, seen_at)      as first_at,
    min(seen_at)                    as crossed_at
from limits
where persons >= quota
group by account
