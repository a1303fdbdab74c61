-- SPDX-License-Identifier: Apache-2.0
-- answers_sums: where the questions "was this you?" stand.
-- reads   heard_answers
-- gives   one row
-- binds   (none)

select
    count(*)                                       as sessions,
    count(*) filter (where state = 'open')         as open,
    count(*) filter (where state = 'settled')      as settled,
    count(*) filter (where state = 'heard')        as heard,
    count(*) filter (where state = 'contradicted') as contradicted,
    count(distinct account) filter (where state = 'open') as open_accounts
from heard_answers
