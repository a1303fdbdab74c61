-- SPDX-License-Identifier: Apache-2.0
-- weighed_findings: what detection proposes, and what it says of accounts that are to be split.
--   Where an account was split, its sessions have the p of the split and no other.
-- reads   findings, split_sessions
-- gives   one row per finding, in the order of the ranking
-- binds   $threshold, $enabled, $accounts
select
    account,
    session_id,
    detector,
    p,
    first_at,
    last_at
from (
    select
        account,
        session_id,
        detector,
        p,
        rank,
        first_at,
        last_at
    from findings
    where account is not null
        and (
            ($enabled and detector = 'all' and p >= $threshold)
            or list_contains($accounts, account)
        )
        and not (
            session_id is not null
            and account in (select s.account from split_sessions as s)
        )
    union all
    select
        account,
        session_id,
        'split' as detector,
        p,
        null as rank,
        first_at,
        last_at
    from split_sessions
    where list_contains($accounts, account)
) as weighed
order by
    rank nulls last,
    account,
    session_id nulls first,
    detector
