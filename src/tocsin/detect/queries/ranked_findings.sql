-- SPDX-License-Identifier: Apache-2.0
-- ranked_findings: what each detector found, and one row `all` per account that ranks it.
--   The account's p is the largest, and its period is that of what has this p; its reasons are all of them,
--   the surest first. What is told of single sessions ranks no account. Where the directory itself says from when
--   on an account was beyond its right, that is the period, however sure the rest: what came before was allowed.
-- reads   found
-- gives   findings: one row per account and detector, and one per account
-- binds   (none)

with

weighed as (
    select
        *,
        case
            when max(p) filter (where is_fact) over (partition by account) is null
                then p is not distinct from max(p) over (partition by account)
            else is_fact and p = max(p) filter (where is_fact) over (partition by account)
        end as is_surest
    from (
        select
            *,
            detector in ('departed', 'beyond_right') and p >= 0.9 as is_fact
        from found
        where session_id is null
    ) as told
),

accounts as (
    select
        account,
        null                                          as session_id,
        'all'                                         as detector,
        max(score) filter (where is_surest)           as score,
        max(p)                                        as p,
        '[' || string_agg(
            substr(reasons, 2, length(reasons) - 2), ',' order by p desc, score desc, detector
        ) filter (where reasons <> '[]') || ']'       as reasons,
        min(first_at) filter (where is_surest)        as first_at,
        max(last_at) filter (where is_surest)         as last_at,
        max(events) filter (where is_surest)          as events,
        max(persons) filter (where is_surest)         as persons
    from weighed
    group by account
),

every_finding as (
    select * from found
    union all by name
    select * from accounts
)

select
    *,
    row_number() over (
        partition by detector
        order by p desc, score desc, account, session_id
    ) as rank
from every_finding
