-- SPDX-License-Identifier: Apache-2.0
-- lanes: whose mailbox lies in a domain that takes so many an hour.
-- reads   recipients, withdrawn
-- gives   one row per person and such a domain
-- binds   $domains

with

mailboxes as (
    select
        person_id,
        email
    from recipients
    union all
    select
        person_id,
        email
    from withdrawn
)

select distinct
    person_id,
    lower(split_part(email, '@', 2)) as domain
from mailboxes
where list_contains($domains, lower(split_part(email, '@', 2)))
