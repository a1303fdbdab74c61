-- SPDX-License-Identifier: Apache-2.0
-- nearest_accounts: names in the logs that come near to one that is not there.
--   The same in another case alone, where there is one; else those that hold it or are held by it, then by likeness.
-- reads   account_names
-- gives   one row per account, the nearest first
-- binds   $asked, $most

with

compared as (
    select
        account,
        events,
        lower(account) = lower($asked)                                      as is_same,
        contains(lower(account), lower($asked))
            or (length(account) > 2 and contains(lower($asked), lower(account))) as is_part,
        jaro_winkler_similarity(lower(account), lower($asked))              as likeness
    from account_names
)

select account
from compared
where is_same
   or ((is_part or likeness >= 0.75) and not exists (select 1 from compared where is_same))
order by is_part desc, likeness desc, events desc, account
limit $most
