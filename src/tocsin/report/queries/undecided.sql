-- SPDX-License-Identifier: Apache-2.0
-- undecided: accounts whose events are doubtful and that nobody has decided on.
-- reads   acts
-- gives   one row per account, the likeliest first
-- binds   $most

select
    account,
    max(p) as p,
    count(*) as events,
    count(*) over () as accounts
from acts
where not is_illegitimate
  and origin in ('known', 'proposed')
group by account
order by
    p desc nulls last,
    events desc,
    account nulls last
limit $most
