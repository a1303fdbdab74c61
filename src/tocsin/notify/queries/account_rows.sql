-- SPDX-License-Identifier: Apache-2.0
-- account_rows: contact data of whoever holds a stolen account, and whether they held before the thief came.
-- reads   usurped, account_contacts
-- gives   account_rows: one row per account and row of its contact data; rank 1 holds now

select
    u.person_id,
    c.email,
    c.address,
    c.phone,
    c.contact_since,
    coalesce(c.contact_since <= u.first_at, false) as is_before,
    coalesce(lower(c.email) = lower(u.account), false) as is_account_mailbox,
    row_number() over (
        partition by u.person_id
        order by
            c.contact_since desc nulls last,
            c.email,
            c.address,
            c.phone
    ) as rank
from usurped as u
join account_contacts as c
  on c.account = u.account
