-- SPDX-License-Identifier: Apache-2.0
-- account_persons: how many persons each account's events disclosed.
-- reads   acts, shown
-- gives   account_persons: one row per account

with

named as (
    select distinct
        a.account,
        s.person_id
    from acts as a
    join shown as s
      on s.event_id = a.event_id
    where a.account is not null
      and s.level is not null
)

select
    account,
    count(*) as persons
from named
group by account
