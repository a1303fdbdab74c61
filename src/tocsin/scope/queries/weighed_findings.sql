-- SPDX-License-Identifier: Apache-2.0
-- weighed_findings: what detection proposes, and what it says of accounts that are to be split.
-- reads   findings
-- gives   one row per finding, in the order of the ranking
-- binds   $threshold, $enabled, $accounts
select
    account,
    session_id,
    detector,
    p,
    first_at,
    last_at
from findings
where account is not null
    and (
        ($enabled and detector = 'all' and p >= $threshold)
        or list_contains($accounts, account)
    )
order by
    rank nulls last,
    account,
    session_id nulls first,
    detector
