-- SPDX-License-Identifier: Apache-2.0
-- next_question: the session whose answer is expected to settle most persons not settled by those chosen.
-- reads   session_chances
-- gives   one row, or none: session_id, account, persons expected to be settled
-- binds   $full
select
    session_id,
    any_value(account)          as account,
    list_sum(list_sort(list(chance))) as expected
from session_chances
where not list_contains($full, account)
group by session_id
order by
    round(expected, 6) desc,
    session_id
limit 1
