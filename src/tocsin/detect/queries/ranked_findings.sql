-- SPDX-License-Identifier: Apache-2.0
-- ranked_findings: what each detector found, and one row `all` per account that ranks it.
--   The account's p is the largest; its reasons are all of them, the heaviest first.
-- reads   found
-- gives   findings: one row per account and detector, and one per account
-- binds   (none)

with

accounts as (
    select
        account,
        null                         as session_id,
        'all'                        as detector,
        max(score)                   as score,
        max(p)                       as p,
        '[' || string_agg(
            substr(reasons, 2, length(reasons) - 2), ',' order by score desc, detector
        ) || ']'                     as reasons,
        min(first_at)                as first_at,
        max(last_at)                 as last_at,
        max(events)                  as events,
        max(persons)                 as persons
    from found
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
