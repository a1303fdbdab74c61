-- SPDX-License-Identifier: Apache-2.0
-- directory_names: every name that the directory has, and what it names: a professional before an account.
-- reads   accounts
-- gives   directory_names: one row per name
-- binds   (none)
with

named as (
    select professional_id as name, 'professional_id' as kind, 1 as turn from accounts
    union all
    select account as name, 'account' as kind, 2 as turn from accounts
    union all
    select organisation as name, 'organisation' as kind, 3 as turn from accounts
)

select
    name,
    arg_min(kind, turn) as kind
from named
where name is not null
group by name
