-- SPDX-License-Identifier: Apache-2.0
-- contacts_of_accounts: everybody's contact data, those of holders of stolen accounts as well.
--   Of a stolen account, only what held before the thief came: what is kept back leaves its reason.
-- reads   contacts, account_rows
-- gives   contacts: one row per person or holder and row of contact data; rank 1 holds now

select
    *,
    null as doubt
from contacts
union all by name
select
    person_id,
    case
        when is_before and not is_account_mailbox then email
    end as email,
    case
        when is_before or contact_since is null then address
    end as address,
    case
        when is_before then phone
    end as phone,
    case
        when contact_since is null and coalesce(email, phone) is not null then 'contact_undated'
        when contact_since is not null and not is_before then 'contact_changed'
        when is_account_mailbox then 'contact_of_account'
    end as doubt,
    rank
from account_rows
