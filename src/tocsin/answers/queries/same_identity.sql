-- SPDX-License-Identifier: Apache-2.0
-- same_identity: other accounts of the same professional, or of the same person.
-- reads   accounts
-- gives   one row per other account
-- binds   $account
with

own as (
    select professional_id, person
    from accounts
    where account = $account
)

select distinct
    a.account,
    a.role,
    a.organisation
from accounts as a
join own as o
  on o.professional_id = a.professional_id
  or o.person = a.person
where a.account <> $account
order by all
